import express, { type Express, type Request, type Response } from 'express';
import {
  CancelAnswer,
  HoldAnswer,
  HoldReply,
  PatronAccount,
  PickupBranches,
  PlaceHold,
  RenewalAnswer,
} from '../../contract/patron-account.js';
import type { Branch } from '../../contract/availability.js';
import { Lenders } from '../../contract/lenders.js';
import { ProblemBody, problems, type ProblemCode } from '../../contract/problems.js';
import { CSRF_HEADER, Me, SignIn, SignInAnswer, SignInForm } from '../../contract/sign-in.js';
import type { z } from 'zod';
import { accountOf, type AccountScene } from './fake-account.js';
import { lendersOf, type LenderScene } from './fake-lenders.js';
import { mountMyData, type Kept } from './fake-my-data.js';

const FORM = 'csrf-of-the-form';

/** The account side of the fake library: one visit at a time, and everything that was asked of it. */
export interface FakePatrons {
  /** Method and path of every request that came, in order. */
  asked: string[];
  /** Bodies of the writes, in order. */
  sent: unknown[];
  /** What the system shows from now on. */
  scene: AccountScene;
  /** What a lender of e-books shows from now on. */
  lenders: LenderScene;
  /** The server forgets the visit, as it does after some idle time. */
  forget: () => void;
  isSignedIn: () => boolean;
  kept: Kept;
  /** Seconds that a visit may be idle. */
  idleSeconds: number;
  /** The server does not hear that a visit ends. */
  deaf: boolean;
}

/**
 * Cards that sign in: any, with the PIN 1234. CARD-0002 is blocked, CARD-0003 has been tried too often, and with
 * CARD-0004 the system is away.
 */
export function mountPatrons(app: Express, branches: readonly Branch[]): FakePatrons {
  let signedIn = false;
  let visits = 0;
  const csrf = (): string => `csrf-of-visit-${visits}`;
  const can = { sign_in: true, see_account: true, renew: true, place_holds: true, cancel_holds: true };
  const kept: Kept = { choices: { lists: false, history: false, keep_days: 90 }, lists: [], history: [] };
  const patrons: FakePatrons = {
    asked: [],
    sent: [],
    scene: 'usual',
    lenders: 'none',
    forget: () => (signedIn = false),
    isSignedIn: () => signedIn,
    kept,
    idleSeconds: 900,
    deaf: false,
  };
  const told = () => ({ ...can, lenders: patrons.lenders === 'none' ? [] : ['OverDrive'] });
  const me = (): Me =>
    Me.parse({
      signed_in: signedIn,
      csrf: signedIn ? csrf() : null,
      idle_seconds: signedIn ? patrons.idleSeconds : null,
      ends_at: signedIn ? new Date(Date.now() + 4 * 3_600_000).toISOString() : null,
      home_branch_id: signedIn ? 'b2' : null,
      can: told(),
    });

  app.use(['/api/v1/me', '/api/v1/session'], express.json(), (req, res, next) => {
    patrons.asked.push(`${req.method} ${req.originalUrl.replace('/api/v1', '').replace(/\?.*/, '')}`);
    if (req.method !== 'GET') patrons.sent.push(req.body);
    const open = req.baseUrl.endsWith('/session') || /^\/(sign-in)?$/.test(req.path);
    if (open) return next();
    if (!signedIn) return refuse(res, 'signed_out');
    if (req.method !== 'GET' && req.get(CSRF_HEADER) !== csrf()) return refuse(res, 'csrf_refused');
    return next();
  });
  app.delete('/api/v1/session', (_req, res) => {
    if (patrons.deaf) return void res.socket?.destroy();
    signedIn = false;
    res.status(204).end();
  });
  app.get('/api/v1/me', (_req, res) => {
    res.json(me());
  });
  app.get('/api/v1/me/sign-in', (_req, res) => {
    res.json(SignInForm.parse({ csrf: FORM, can: told() }));
  });
  app.post('/api/v1/me/sign-in', (req, res) => {
    if (req.get(CSRF_HEADER) !== FORM) return refuse(res, 'csrf_refused');
    const outcome = outcomeOf(SignIn.parse(req.body));
    signedIn = outcome === 'signed_in';
    if (signedIn) visits += 1;
    return res.json(
      SignInAnswer.parse({
        outcome,
        sentence: sentences[outcome],
        retry_after_seconds: outcome === 'limited' ? 240 : null,
        me: signedIn ? me() : null,
      }),
    );
  });
  app.post('/api/v1/me/sign-out-everywhere', (_req, res) => {
    signedIn = false;
    res.status(204).end();
  });
  app.get('/api/v1/me/account', (req, res) => {
    res.json(PatronAccount.parse(accountOf(patrons.scene, req.query['locale'] === 'es')));
  });
  app.get('/api/v1/me/lenders', (req, res) => {
    res.json(Lenders.parse({ lenders: lendersOf(patrons.lenders, req.query['locale'] === 'es') }));
  });
  mountDeeds(app, branches);
  mountMyData(app, kept);
  return patrons;
}

function mountDeeds(app: Express, branches: readonly Branch[]): void {
  app.post('/api/v1/me/loans/:id/renewal', (req: Request<{ id: string }>, res) => {
    const base = { reason: null, said: null, due_at: null, due_text: null };
    const answers: Record<string, z.input<typeof RenewalAnswer>> = {
      l1: { ...base, outcome: 'renewed', sentence: 'Renewed.', due_at: inDays(21) },
      l2: { ...base, outcome: 'refused', reason: 'reserved_by_others', sentence: 'Somebody else is waiting for this, so it can’t be renewed.', said: 'RENEWAL NOT ALLOWED: RESERVED' },
      l4: { ...base, outcome: 'unknown', sentence: 'The library’s system went quiet, so I don’t know if it was renewed. Please look at the due date in a while.' },
    }; // prettier-ignore
    res.json(RenewalAnswer.parse(answers[req.params.id]));
  });
  app.get('/api/v1/me/pickup-branches', (_req, res) => {
    res.json(
      PickupBranches.parse({ state: 'known', sentence: null, branches: [...branches], home_branch_id: 'b2' }),
    );
  });
  app.post('/api/v1/me/holds', (req, res) => {
    const { record_id } = PlaceHold.parse(req.body);
    const said = holds[record_id] ?? placed;
    if (said === 'cut off') return void res.socket?.destroy();
    return res.json(HoldAnswer.parse(said));
  });
  app.post('/api/v1/me/holds/answers', (req, res) => {
    const { yes } = HoldReply.parse(req.body);
    res.json(HoldAnswer.parse(yes ? placed : { ...nothing, outcome: 'refused', reason: 'other', sentence: 'The library’s system said no. These are its words.', said: 'Not agreed to' })); // prettier-ignore
  });
  app.delete('/api/v1/me/holds/:id', (req: Request<{ id: string }>, res) => {
    const base = { reason: null, said: null };
    res.json(
      CancelAnswer.parse(
        /^(lender0:)?h1$/.test(req.params.id)
          ? { ...base, outcome: 'cancelled', sentence: 'Your hold is cancelled.' }
          : { ...base, outcome: 'unknown', sentence: 'The library’s system went quiet, so I don’t know if your hold is cancelled. Please look at your holds.' },
      ),
    ); // prettier-ignore
  });
}

const nothing = {
  reason: null,
  said: null,
  hold_id: null,
  queue_position: null,
  queue_total: null,
  pickup_branch_name: null,
  question: null,
};
const placed: z.input<typeof HoldAnswer> = {
  ...nothing,
  outcome: 'placed',
  sentence: 'Your hold is placed. You are number 3 in line.',
  hold_id: 'h9',
  queue_position: 3,
  queue_total: 7,
  pickup_branch_name: 'Mill Lane',
};
/** What comes of a hold on these records; any other is placed. */
const holds: Record<string, z.input<typeof HoldAnswer> | 'cut off'> = {
  m2: { ...nothing, outcome: 'question', sentence: 'Before it is placed.', question: { question_id: 'q1', kind: 'fee', sentence: 'This hold costs something. Do you want it all the same?', said: 'A fee of 1.50 will be charged. Continue?' } },
  m3: { ...nothing, outcome: 'refused', reason: 'too_many_holds', sentence: 'You have as many holds as your card allows.' },
  m4: { ...nothing, outcome: 'unknown', sentence: 'The library’s system went quiet, so I don’t know if your hold stands. Please look at your holds before you try again.' },
  m5: 'cut off',
}; // prettier-ignore

const sentences = {
  signed_in: 'You are signed in.',
  rejected: 'That card number and PIN don’t go together. Please check both.',
  blocked: 'Your PIN is right, but your card is blocked. Staff at the desk can tell you why.',
  expired: 'Your PIN is right, but your card has run out. Staff at the desk can renew it.',
  limited: 'That was tried too often. Please wait a few minutes, or ask staff.',
  unavailable: 'I can’t reach the library’s system just now, so nobody can sign in. Your card is fine; please try again later.',
}; // prettier-ignore

function outcomeOf({ card, pin }: z.infer<typeof SignIn>): keyof typeof sentences {
  if (card === 'CARD-0003') return 'limited';
  if (card === 'CARD-0004') return 'unavailable';
  if (pin !== '1234') return 'rejected';
  return card === 'CARD-0002' ? 'blocked' : 'signed_in';
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function refuse(res: Response, code: ProblemCode): void {
  const { status, title } = problems[code];
  res.status(status).type('application/problem+json');
  res.send(JSON.stringify(ProblemBody.parse({ type: `/docs/errors#${code}`, title, status, code })));
}
