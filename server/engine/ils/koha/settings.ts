import { z } from 'zod';

/** What the library says of its Koha. */
export const KohaSettings = z
  .object({
    url: z
      .url({ protocol: /^https?$/ })
      .describe(
        'Address of Koha’s REST API, such as https://koha.example.org/api/v1; the path may be left out.',
      ),
    auth: z
      .enum(['oauth2', 'basic', 'none'])
      .default('oauth2')
      .describe(
        'How Carrel signs in: oauth2 with an API key (system preference RESTOAuth2ClientCredentials), basic with a user name and password (RESTBasicAuth), or none for the public endpoints alone (RESTPublicAPI).',
      ),
    client_id: z
      .string()
      .min(1)
      .optional()
      .describe('Client ID of the API key that Koha made for Carrel’s own patron record; for oauth2.'),
    client_secret: z
      .string()
      .min(1)
      .optional()
      .describe('Secret that Koha showed once when the API key was made; for oauth2.')
      .meta({ secret: true }),
    user: z.string().min(1).optional().describe('User name of Carrel’s own patron record; for basic.'),
    password: z
      .string()
      .min(1)
      .optional()
      .describe('Password of Carrel’s own patron record; for basic.')
      .meta({ secret: true }),
    ilsdi_url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe(
        'Address of the OPAC, such as https://opac.example.org, where a Koha before 22.11 may check PINs by ILS-DI; left out, such a Koha offers no sign-in. A Koha that can do it by its REST API is never asked this way.',
      ),
    concurrency: z
      .int()
      .min(1)
      .max(8)
      .default(4)
      .describe('Most requests to Koha at a time; Koha’s own limits are reached at about four.'),
    count_holds: z
      .boolean()
      .default(false)
      .describe(
        'Whether to ask how many holds each title has: one more request a title, and Carrel’s account needs reserveforothers.',
      ),
    ask_renewable: z
      .boolean()
      .default(false)
      .describe('Whether to ask of every loan shown if it can be renewed: one more request a loan.'),
    harvest_page_size: z
      .int()
      .min(1)
      .max(1000)
      .default(100)
      .describe('Records asked for at once when the catalogue is fetched.'),
    changes_overlap_hours: z
      .number()
      .min(0)
      .max(240)
      .default(26)
      .describe(
        'Hours before the last fetch from which changes are asked for again, since Koha keeps its times in its own time zone.',
      ),
  })
  .superRefine((settings, context) => {
    const need = (field: 'client_id' | 'client_secret' | 'user' | 'password'): void => {
      if (settings[field] === undefined)
        context.addIssue({ code: 'custom', path: [field], message: `needed for auth ${settings.auth}` });
    };
    if (settings.auth === 'oauth2') (['client_id', 'client_secret'] as const).forEach(need);
    if (settings.auth === 'basic') (['user', 'password'] as const).forEach(need);
  });
export type KohaSettings = z.infer<typeof KohaSettings>;

/** The address with the path that Koha's API always has. */
export function apiUrl(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith('/api/v1') ? base : `${base}/api/v1`;
}
