import { z } from 'zod';

/** A host name such as "ebooks.example.org", without scheme or path. */
const Host = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i, 'a host name alone');

const fields = z.object({
  client_key: z
    .string()
    .regex(/^[^\s:]+$/)
    .describe('Client key of the library’s own OverDrive API application.'),
  client_secret: z
    .string()
    .min(1)
    .describe('Client secret that OverDrive gave together with the client key.')
    .meta({ secret: true }),
  library_id: z
    .string()
    .regex(/^\d+$/)
    .describe('Number of the library or consortium at OverDrive; OverDrive’s support tells it.'),
  advantage_id: z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe(
      'Number of the library’s OverDrive Advantage account, where it belongs to a consortium and has titles of its own.',
    ),
  lender: z
    .string()
    .min(1)
    .default('OverDrive')
    .describe('Name under which patrons know this collection, such as “Libby”.'),
  site_url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Address of the library’s OverDrive site, such as https://example.overdrive.com; titles are linked there where OverDrive names no page of its own.',
    ),
  link_hosts: z
    .array(Host)
    .default([])
    .describe(
      'Hosts besides OverDrive’s own whose links in catalogue records (MARC 856) lead to this collection, such as ebooks.example.org.',
    ),
  match_by_isbn: z
    .boolean()
    .default(true)
    .describe(
      'Whether titles without such a link are found by their ISBN: once a day Carrel then reads the list of the whole collection, since OverDrive cannot be asked for the ISBN of a printed book.',
    ),
  read_metadata: z
    .boolean()
    .default(false)
    .describe(
      'Whether the metadata of every title is read with that list, 25 titles a request: many more requests a day, needed only where `carrel ils test` says that the list names no ISBN of a printed book.',
    ),
  most_titles: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(200_000)
    .describe('Most titles of the collection that are read and kept for finding them by ISBN.'),
  titles_per_request: z
    .int()
    .min(1)
    .max(2000)
    .default(300)
    .describe('Titles asked for at once when the collection is read.'),
  requests_per_second: z
    .number()
    .positive()
    .max(50)
    .default(2)
    .describe('Most requests a second, as OverDrive’s terms oblige you to keep to what it communicates.'),
  forward_patron_address: z
    .boolean()
    .default(false)
    .describe(
      'Whether OverDrive is told each patron’s network address (X-Forwarded-For). OverDrive’s API usage requirements ask for it; it would let OverDrive see who looks at which titles from where, so Carrel sends none unless you switch it on.',
    ),
  api_url: z
    .url({ protocol: /^https?$/ })
    .default('https://api.overdrive.com')
    .describe('Address of OverDrive’s API; https://integration.api.overdrive.com for tests.'),
  oauth_url: z
    .url({ protocol: /^https?$/ })
    .default('https://oauth.overdrive.com')
    .describe('Address where access tokens are asked for.'),
  patron_accounts: z
    .boolean()
    .default(false)
    .describe(
      'Whether patrons see their e-loans and e-holds. Card and PIN that a patron signs in with are then passed on to OverDrive once, which has the library’s own system check them again; Carrel keeps neither.',
    ),
  website_id: z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe('Website ID of the library at OverDrive; needed for patron_accounts, OverDrive tells it.'),
  authorization_name: z
    .string()
    .regex(/^\S+$/)
    .optional()
    .describe(
      'Name under which OverDrive knows the library’s own system (“ILS name”); needed for patron_accounts, OverDrive tells it.',
    ),
  pin_required: z
    .boolean()
    .default(true)
    .describe(
      'Whether OverDrive wants the PIN too. Without it a card number alone signs in there, and Carrel passes on no PIN.',
    ),
  patron_token_url: z
    .url({ protocol: /^https?$/ })
    .default('https://oauth-patron.overdrive.com')
    .describe('Address where patrons’ access tokens are asked for.'),
  patron_api_url: z
    .url({ protocol: /^https?$/ })
    .default('https://patron.api.overdrive.com')
    .describe(
      'Address of OverDrive’s API for patrons; https://integration-patron.api.overdrive.com for tests.',
    ),
});

/** Whom Carrel asks at OverDrive, for which library, and whether for its patrons too. */
export const OverDriveSettings = fields.refine(
  (set) => !set.patron_accounts || (set.website_id !== undefined && set.authorization_name !== undefined),
  {
    path: ['patron_accounts'],
    error: 'needs website_id and authorization_name, which OverDrive gives for patron authentication',
  },
);
export type OverDriveSettings = z.infer<typeof OverDriveSettings>;
