import { z } from 'zod';
import type { RouteRow } from './routes.js';

/** What is counted: turns, what a language model had to do with them, and topics that people should handle. */
export const FigureKind = z.enum(['turn', 'model', 'referral']);
export type FigureKind = z.infer<typeof FigureKind>;

export const Figure = z.object({
  day: z.iso.date(),
  kind: FigureKind,
  name: z
    .string()
    .describe(
      '`turn`: how the answer was found; `model`: used, or why not; `referral`: the topic in the library’s policy',
    ),
  count: z.int().min(0),
});
export type Figure = z.infer<typeof Figure>;

export const FigureQuery = z.object({
  from: z.iso.date().optional().describe('First day; 30 days before `to` by default'),
  to: z.iso.date().optional().describe('Last day; today by default'),
});
export type FigureQuery = z.infer<typeof FigureQuery>;

export const FigureList = z.object({ figures: z.array(Figure) });

/** What the staff door answers about what was counted. */
export const figureRoutes = [
  {
    method: 'get',
    path: '/office/figures',
    summary: 'Turns, referrals and a model’s part in answers, counted by day. Never a word that was asked.',
    tag: 'staff',
    query: FigureQuery,
    status: 200,
    response: FigureList,
    problems: ['staff_only'],
  },
] as const satisfies readonly RouteRow[];
