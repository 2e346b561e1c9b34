import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import type { Test } from 'tap';
import { ProblemBody } from '../../../contract/problems.js';
import { CSRF_HEADER, Me, SignInAnswer, SignInForm } from '../../../contract/sign-in.js';
import { createAccountDesk, type AccountDeps } from '../../../desks/account/account.js';
import { createAccountRoutes } from '../../../desks/account/routes.js';
import { readAccountSentences } from '../../../desks/account/sentences.js';
import { openKeptAccounts } from '../../../engine/accounts/kept-accounts.js';
import { openDatabase } from '../../../engine/db/database.js';
import { shieldIls } from '../../../engine/ils/shielded.js';
import { createConversations } from '../../../engine/sessions/conversations.js';
import { createVisits } from '../../../engine/sessions/visits.js';
import { createPatronDoor } from '../../../http/patron-door.js';
import { nothingHere, sendProblems } from '../../../http/problems.js';
import { requestLog } from '../../../http/request-log.js';
import { anonymousSession, openSessionOf, sessionOf } from '../../../http/session.js';
import { createFakeCatalogue, lighthouseBooks } from '../../fakes/bibs.js';
import { createFakeClock, type FakeClock } from '../../fakes/clock.js';
import { dataDir as sentencesDir } from '../../fakes/desk.js';
import { serve } from '../../http/serve.js';
import { cards, createFakeLibrary } from './library.js';

export const fileKey = Buffer.alloc(32, 7);

export type House = Awaited<ReturnType<typeof openHouse>>;
export type Browser = ReturnType<House['browser']>;

/** The account desk over HTTP as the app mounts it, over a real database, a fake library and a clock that stands still. */
export async function openHouse(
  t: Test,
  options: { secure?: boolean; dataDir?: string } & Partial<AccountDeps> = {},
) {
  const { secure = false, dataDir = t.testdir(), ...more } = options;
  const clock = createFakeClock();
  const library = createFakeLibrary();
  const ils = shieldIls(library.ils, { clock, lookup: () => Promise.resolve([]), repeats: 0 });
  const bibs = lighthouseBooks().map((bib) => ({
    ...bib,
    items: bib.items.map((item) => ({ ...item, barcode: `bar-${item.itemId}` })),
    ...(bib.id === 'l3' && { keys: { ilsId: '501', other: [] } }),
  }));
  const catalogue = createFakeCatalogue(bibs);
  const database = await openDatabase({ dataDir });
  const faults: unknown[] = [];
  const kept = openKeptAccounts({
    db: database.db,
    fileKey,
    system: 'Fake',
    clock,
    onFault: (error) => faults.push(error),
  });
  const conversations = createConversations<{ said: string }>({ clock });
  const visits = createVisits({ clock, onEnd: (visit) => conversations.endVisit(visit) });
  const sentences = readAccountSentences(sentencesDir);
  const desk = createAccountDesk({
    ils,
    records: {
      listRecords: (ids) => Promise.resolve(catalogue.listRecords(ids)),
      idsByIsbn: (isbns) =>
        Promise.resolve(
          new Map(
            isbns.map((isbn) => [isbn, bibs.filter((bib) => bib.isbns.includes(isbn)).map(({ id }) => id)]),
          ),
        ),
      idsByIlsId: (ids) =>
        Promise.resolve(
          new Map(
            bibs.flatMap(({ id, keys }) => (ids.includes(keys.ilsId ?? '') ? [[keys.ilsId ?? '', id]] : [])),
          ),
        ),
      idsByBarcode: (barcodes) =>
        Promise.resolve(
          new Map(
            bibs.flatMap(({ id, items }) =>
              items.flatMap(({ barcode = '' }) => (barcodes.includes(barcode) ? [[barcode, id]] : [])),
            ),
          ),
        ),
    },
    kept,
    sentences,
    visits,
    onFault: (error) => faults.push(error),
    clock,
    rejectionStepMs: 1,
    ...more,
  });
  const door = createPatronDoor({
    sessions: desk.sessions,
    fileKey,
    clock,
    secure,
  });
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });

  const closed: string[] = [];
  const app = express();
  app.set('trust proxy', 1);
  app.use((req, res, next) => {
    res.once('close', () => closed.push(`${req.method} ${req.path}`));
    next();
  });
  app.use(requestLog(log), anonymousSession({ secure, hasEnded: visits.hasEnded }), door.recognise);
  app.use(
    createAccountRoutes(desk, {
      door,
      sentences,
      visits,
      carryOver(before, now) {
        conversations.carryOver(before, now);
        visits.carryOver(before, now);
      },
    }),
  );
  app.delete('/session', (req, res) => {
    visits.end(sessionOf(req));
    res.status(204).end();
  });
  app.post('/conversations', (req, res) => {
    res.json({ id: conversations.begin(openSessionOf(req), { said: 'something private' }) });
  });
  app.get('/conversations/:id', (req, res) => {
    res.json(conversations.get(sessionOf(req), req.params.id));
  });
  app.use(nothingHere, sendProblems(log));
  const base = await serve(t, app);
  t.teardown(async () => {
    await desk.close();
    await kept.close();
    await database.close();
  });
  return {
    ...{ library, clock, conversations, visits, desk, door, sentences, logged, faults, dataDir, base, kept },
    /** Requests that are over, answered or left. */
    closed,
    browser: (address = '192.0.2.1') => createBrowser({ base, address, clock }),
  };
}

interface Sending {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Leave the token out. */
  bare?: boolean;
}

/** What a browser does with cookies and the token, and a page with nothing else. */
export function createBrowser({ base, address, clock }: { base: string; address: string; clock: FakeClock }) {
  const jar = new Map<string, string>();
  let csrf: string | undefined;

  const send = async (
    method: string,
    path: string,
    body?: unknown,
    more: Sending = {},
  ): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(base + path, {
      method,
      headers: {
        'x-forwarded-for': address,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(cookie !== '' && { cookie }),
        ...(csrf !== undefined && method !== 'GET' && !more.bare && { [CSRF_HEADER]: csrf }),
        ...more.headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(more.signal && { signal: more.signal }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const gone = /expires=Thu, 01 Jan 1970/i.test(line);
      if (gone) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const get = (path: string): Promise<Response> => send('GET', path);
  const problem = async (response: Response) => {
    const { status, code } = ProblemBody.parse(await response.json());
    return `${status} ${code}`;
  };
  /** Lets time pass in milliseconds while the answer is waited for. */
  const passing = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const ended = (): void => void (over = true);
    work.then(ended, ended);
    while (!over) await clock.advance(1);
    return await work;
  };

  return {
    jar,
    send,
    get,
    problem,
    passing,
    token: () => csrf,
    useToken: (token: string | undefined) => void (csrf = token),
    async openForm(): Promise<void> {
      csrf = SignInForm.parse(await (await get('/me/sign-in')).json()).csrf;
    },
    /** Opens the form, sends it, and takes the token that comes back. */
    async signIn(who: { card: string; pin: string }, locale = 'en'): Promise<SignInAnswer> {
      await this.openForm();
      const { card, pin } = who;
      const response = await passing(send('POST', `/me/sign-in?locale=${locale}`, { card, pin }));
      const answer = SignInAnswer.parse(await response.json());
      if (answer.me) csrf = answer.me.csrf ?? undefined;
      return answer;
    },
    async me(): Promise<Me> {
      return Me.parse(await (await get('/me')).json());
    },
  };
}

/** Every byte that lies in the data folder, the database's log included. */
export function bytesOf(dataDir: string): Buffer {
  return Buffer.concat(readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name))));
}

/** What must be found nowhere: cards, PINs, ids, names of what was borrowed. */
export const personal = [
  ...Object.values(cards).flatMap(({ card, pin, id }) => [card, pin, id]),
  'Storm Glass',
  'A borrowed map',
];

/** Lets whatever can go on without time passing go on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
