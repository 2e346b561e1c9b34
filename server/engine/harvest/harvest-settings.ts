import { z } from 'zod';
import { SourceName } from '../../contract/office.js';

/** Settings of when and how records are fetched, alike for every feed; spread into a feed's own schema. */
export const harvestFields = {
  records_as: SourceName.default('main').describe(
    'The name under which the catalogue keeps these records: main for the library’s own, another for a second collection; a full harvest removes what is no longer there, so no two feeds and no imported files may share it',
  ),
  every_minutes: z
    .int()
    .min(5)
    .max(10_080)
    .default(60)
    .describe('Minutes from the end of one harvest to the beginning of the next'),
  sweep_every: z
    .int()
    .min(1)
    .max(8_760)
    .default(168)
    .describe(
      'Hours between full harvests, where the other side does not keep track of what it has deleted or changed',
    ),
};

/** Settings of how a feed is reached over HTTP. */
export const requestFields = {
  username: z.string().min(1).optional().describe('User name, where the address asks for one'),
  password: z
    .string()
    .min(1)
    .optional()
    .meta({ secret: true, description: 'Password that belongs to the user name' }),
  timeout_seconds: z
    .int()
    .min(1)
    .max(600)
    .default(120)
    .describe(
      'Seconds without a byte after which an answer is given up; one that keeps coming may take longer',
    ),
};

/** An address that feeds are asked at. */
export const feedUrl = z.url({ protocol: /^https?$/ });
