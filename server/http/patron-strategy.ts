import { ipKeyGenerator } from 'express-rate-limit';
import type { Request, RequestHandler, Response } from 'express';
import passport from 'passport';
import { SignIn } from '../contract/sign-in.js';
import { sessionOf } from './session.js';

/** What somebody typed, and from where. Handed on once and kept nowhere. */
export interface Credentials {
  card: string;
  pin: string;
  device: string;
  address: string;
}

/** The network address of a request, as far as it tells one place from another: of IPv6 the first 56 bits. */
export function addressOf(req: Request): string {
  return ipKeyGenerator(req.ip ?? '');
}

/** Asks whoever knows whether card and PIN belong together; what it answers is told as it is. */
export type Verify<Outcome extends { outcome: string }> = (credentials: Credentials) => Promise<Outcome>;

/**
 * Passport's strategy for a library card and its PIN in a JSON body. An answer `signed_in` is a success, any other a
 * failure whose challenge is that answer; only a fault is an error. The body is taken from the request before anything
 * is asked, so that nothing further along can log or quote it.
 */
class PatronStrategy<Outcome extends { outcome: string }> extends passport.Strategy {
  override readonly name = 'library-card';
  // Passport calls the verbs of an object made from this one, which private fields would not survive.
  readonly verify: Verify<Outcome>;

  constructor(verify: Verify<Outcome>) {
    super();
    this.verify = verify;
  }

  override authenticate(req: Request): void {
    const body: unknown = req.body;
    req.body = undefined;
    const read = SignIn.safeParse(body);
    if (!read.success) return this.error(read.error);
    const { card, pin } = read.data;
    this.verify({ card, pin, device: sessionOf(req), address: addressOf(req) }).then(
      (outcome) => {
        if (outcome.outcome === 'signed_in') this.success(outcome);
        else this.fail(outcome);
      },
      (error: unknown) => this.error(error),
    );
  }
}

/**
 * Runs a sign-in through Passport, without Passport's own sessions: what is answered is what `verify` said. Rejects with
 * ZodError when the body is not in the form, and with whatever `verify` rejects with.
 */
export function signInBy<Outcome extends { outcome: string }>(
  verify: Verify<Outcome>,
): (req: Request, res: Response) => Promise<Outcome> {
  const authenticator = new passport.Passport();
  authenticator.use(new PatronStrategy(verify));
  return (req, res) =>
    new Promise((resolve, reject) => {
      const told = (error: unknown, user: unknown, challenge: unknown): void => {
        if (error !== null && error !== undefined) {
          reject(error instanceof Error ? error : new Error('signing in failed', { cause: error }));
        } else resolve((user || challenge) as Outcome);
      };
      const run = authenticator.authenticate(
        'library-card',
        { session: false },
        told,
      ) as unknown as RequestHandler;
      void run(req, res, reject);
    });
}
