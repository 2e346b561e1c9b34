import { z } from 'zod';

const day = z.iso.date();

/** What is kept of a patron who chose so, in the form in which it is sealed. Days alone: no times. */
export const KeptAccount = z.object({
  choices: z.object({ lists: z.boolean(), history: z.boolean(), keepDays: z.int().positive() }),
  lists: z.array(
    z.object({ id: z.string(), name: z.string(), recordIds: z.array(z.string()), changedOn: day }),
  ),
  history: z.array(
    z.object({
      loanId: z.string(),
      recordId: z.string().nullable(),
      title: z.string(),
      author: z.string().nullable(),
      seenOn: day,
    }),
  ),
});
export type KeptAccount = z.infer<typeof KeptAccount>;

/** What holds for who has chosen nothing. */
export const nothingKept: KeptAccount = {
  choices: { lists: false, history: false, keepDays: 90 },
  lists: [],
  history: [],
};
