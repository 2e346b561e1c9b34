import { z } from 'zod';
import { ItemStatus } from '../../../contract/vocabulary.js';
import { TimeZone } from '../time-zone.js';

const Id = z.number().int().min(1);

/** Where the Polaris API (PAPI) is, and as whom Carrel asks it. */
export const PolarisSettings = z.object({
  name: z.string().min(1).default('Polaris').describe('What staff call this system.'),
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Address of the Polaris API, such as https://papi.example.org/PAPIService.'),
  access_id: z
    .string()
    .regex(/^[^\s:]+$/)
    .describe('PAPI access ID, which Polaris assigned together with the access key.'),
  access_key: z
    .string()
    .min(1)
    .describe('PAPI access key: signs every request and is never sent.')
    .meta({ secret: true }),
  signature: z
    .enum(['sha1', 'sha256'])
    .default('sha1')
    .describe('KeyedHashAlgorithm of the PAPI server: sha1 unless it was set to HMACSHA256.'),
  signed_origin: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Scheme and host that the PAPI server believes it has, where a proxy or its ExternalHostname makes them others.',
    ),
  language_id: Id.default(1033).describe(
    'Language of the labels that Polaris sends; 1033 is English, 3082 Spanish.',
  ),
  app_id: Id.default(100).describe('PAPI application ID; 100 unless Polaris assigned another.'),
  org_id: Id.default(1).describe('Organization that Carrel asks for; 1 is the whole system.'),

  staff_domain: z.string().default('').describe('Domain of Carrel’s own staff account in Polaris.'),
  staff_username: z
    .string()
    .min(1)
    .optional()
    .describe('User name of that account; without it only public methods are used and there is no harvest.'),
  staff_password: z.string().min(1).optional().describe('Password of that account.').meta({ secret: true }),
  user_id: Id.default(1).describe('Polaris user that holds, cancellations and renewals are logged under.'),
  workstation_id: Id.default(1).describe('Polaris workstation that they are logged under.'),
  requesting_org_id: Id.optional().describe(
    'Branch that holds are placed from; the organization above if not set.',
  ),

  copies_from: z
    .enum(['items', 'holdings'])
    .default('items')
    .describe(
      'Where copies are asked for: items (protected, exact statuses, needs the staff account; Polaris means it for synchronising) or public holdings.',
    ),
  status_names: z
    .record(z.string(), ItemStatus)
    .default({})
    .describe(
      'What this library’s own or renamed circulation statuses mean, such as "On display": available.',
    ),
  accept_existing_holds: z
    .boolean()
    .default(true)
    .describe('Whether a hold is placed without asking the patron when others wait for the title already.'),
  admit_blocked: z
    .boolean()
    .default(false)
    .describe('Whether patrons with circulation blocks may sign in, to see what they owe and return.'),
  username_sign_in: z
    .boolean()
    .default(false)
    .describe('Whether patrons may sign in with their Polaris username instead of the barcode.'),
  patron_calls_as_staff: z
    .boolean()
    .default(false)
    .describe(
      'Whether a patron’s account is read and changed with the staff account’s rights after the PIN was right, not with the patron’s.',
    ),
  time_zone: TimeZone.optional().describe(
    'Time zone of the Polaris server, such as America/New_York; this machine’s if not set.',
  ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .describe('Currency of charges, such as USD; Polaris does not say it.'),

  harvest_page: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(100)
    .describe('Records in one page of a harvest; 100 at most.'),
  harvest_items: z.boolean().default(true).describe('Whether a harvest asks for copies too, as fields 852.'),
  concurrency: z.number().int().min(1).max(16).default(4).describe('Most requests to Polaris at a time.'),
});
export type PolarisSettings = z.infer<typeof PolarisSettings>;
