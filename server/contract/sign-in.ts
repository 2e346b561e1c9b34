import { z } from 'zod';

/** Header in which every write of somebody signed in, and signing in itself, carries its token. */
export const CSRF_HEADER = 'x-carrel-csrf';

/** Which functions the library's system grants here; what is false is not shown. */
export const AccountFunctions = z.object({
  sign_in: z.boolean(),
  see_account: z.boolean(),
  renew: z.boolean(),
  place_holds: z.boolean(),
  cancel_holds: z.boolean(),
  lenders: z
    .array(z.string())
    .describe(
      'Lenders of e-books at which a patron is signed in too: card and PIN are passed on to each once',
    ),
});
export type AccountFunctions = z.infer<typeof AccountFunctions>;

export const Me = z.object({
  signed_in: z.boolean(),
  csrf: z.string().nullable().describe('Sent back in x-carrel-csrf with every write; null when signed out'),
  idle_seconds: z.int().nullable().describe('Without a further request the visit ends after this'),
  ends_at: z.iso.datetime().nullable().describe('When the visit ends at the latest'),
  home_branch_id: z.string().nullable(),
  can: AccountFunctions,
});
export type Me = z.infer<typeof Me>;

/** Asked for when the form is opened: only then does this browser get a session, which the token is bound to. */
export const SignInForm = z.object({ csrf: z.string(), can: AccountFunctions });
export type SignInForm = z.infer<typeof SignInForm>;

export const SignIn = z.object({
  card: z.string().trim().min(1).max(64),
  pin: z.string().max(128),
});

export const signInOutcomes = [
  'signed_in',
  'rejected',
  'blocked',
  'expired',
  'limited',
  'unavailable',
] as const;
export type SignInOutcome = (typeof signInOutcomes)[number];

/** `rejected` says nothing about which of the two was wrong; `unavailable` is never a wrong PIN. */
export const SignInAnswer = z.object({
  outcome: z.enum(signInOutcomes),
  sentence: z.string(),
  retry_after_seconds: z.int().nullable().describe('With `limited`: when another try is taken'),
  me: Me.nullable().describe('With `signed_in`: what GET /me answers now'),
});
export type SignInAnswer = z.infer<typeof SignInAnswer>;
