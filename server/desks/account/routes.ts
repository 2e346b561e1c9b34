import express, { Router, type Request, type Response } from 'express';
import { OwnParams, PickupQuery } from '../../contract/account.js';
import { Choices, ListChange, NewList } from '../../contract/my-data.js';
import { HoldReply, PlaceHold } from '../../contract/patron-account.js';
import { Problem } from '../../contract/problems.js';
import { LocaleQuery } from '../../contract/routes.js';
import type { SignInAnswer } from '../../contract/sign-in.js';
import type { PatronSession } from '../../engine/sessions/patron-sessions.js';
import { asksForNobody } from '../../http/crawlers.js';
import type { PatronDoor } from '../../http/patron-door.js';
import { addressOf, signInBy } from '../../http/patron-strategy.js';
import type { Visits } from '../../engine/sessions/visits.js';
import { endSession, knownSessionOf, rotateSession } from '../../http/session.js';
import type { AccountDesk, Asked } from './account.js';
import type { SentencesByLocale } from './sentences.js';
import type { SignedIn } from './sign-in.js';

interface Deps {
  door: PatronDoor;
  sentences: SentencesByLocale;
  visits: Pick<Visits, 'enter'>;
  /** Hands what is kept and under way in a visit on to its new session id. */
  carryOver: (before: string, now: string) => void;
}

/**
 * The account desk over HTTP, below /api/v1. Mount it behind `anonymousSession` and `door.recognise`, and before any
 * parser of bodies: it brings its own, which take little. DELETE /session passes through here on its way to whoever
 * answers it.
 */
export function createAccountRoutes(desk: AccountDesk, { door, sentences, visits, carryOver }: Deps): Router {
  const routes = Router();
  const { myData, sessions } = desk;
  const credentials = express.json({ limit: '2kb' });
  const body = express.json({ limit: '64kb' });
  const signIn = signInBy<SignedIn>((who) => desk.signIn(who));

  routes.get('/me', async (req, res) => {
    res.json(await desk.me(door.find(req), { isAwaited: !asksForNobody(req) }));
  });

  routes.get('/me/sign-in', async (req, res) => {
    const csrf = door.signInToken(req);
    res.json({ csrf, can: await desk.functions(!asksForNobody(req)) });
  });

  routes.post('/me/sign-in', credentials, async (req, res) => {
    const { locale } = LocaleQuery.parse(req.query);
    const visit = visits.enter(door.checkSignIn(req));
    res.once('close', () => visit.leave());
    const signal = goneSignal(res);
    const answer = await signIn(req, res);
    const told = (more: Partial<SignInAnswer> = {}): SignInAnswer => ({
      outcome: answer.outcome,
      sentence: sentences[locale].sign_in[answer.outcome],
      retry_after_seconds: null,
      me: null,
      ...more,
    });
    if (answer.outcome === 'limited') {
      res.json(told({ retry_after_seconds: Math.max(1, Math.ceil(answer.retryAfterMs / 1000)) }));
      return;
    }
    if (answer.outcome !== 'signed_in') {
      res.json(told());
      return;
    }
    if (signal.aborted || visit.over.aborted) await desk.turnAway(answer.patron);
    if (signal.aborted) return;
    visit.over.throwIfAborted();
    const former = door.find(req);
    const { before, now } = rotateSession(req);
    const formers = [
      ...(before === undefined ? [] : sessions.duringVisit(before)),
      ...(former ? [former] : []),
    ];
    // What the one before was asking is not for the next.
    if (formers.some(({ patron }) => patron.id !== answer.patron.id)) desk.endVisit(before, former);
    for (const visit of [before, ...formers.map(({ visit }) => visit)]) {
      if (visit !== undefined) carryOver(visit, now);
    }
    for (const { id } of formers) sessions.end(id, { visitGoesOn: true });
    const session = sessions.begin(answer.patron, {
      visit: now,
      formerVisit: before,
      address: addressOf(req),
    });
    await door.admit(res, session);
    const me = await desk.me(session);
    if (signal.aborted) return sessions.end(session.id);
    if (session.ended.aborted) {
      // The visit has ended while its cookies were being made: nobody is to get them.
      door.dismiss(res);
      endSession(req);
      throw new Problem('signed_out');
    }
    res.json(told({ me }));
  });

  routes.post('/me/sign-out', (req, res) => {
    desk.endVisit(knownSessionOf(req), door.find(req) && door.getForWrite(req));
    leave(req, res);
  });

  routes.post('/me/sign-out-everywhere', (req, res) => {
    const session = door.getForWrite(req);
    sessions.endAllOf(session.patron.id);
    desk.endVisit(knownSessionOf(req), session);
    leave(req, res);
  });

  /** Cookies go, and with the cache the page that "back" would show. */
  const leave = (req: Request, res: Response): void => {
    door.dismiss(res);
    endSession(req);
    res.setHeader('clear-site-data', '"cache"');
    res.status(204).end();
  };

  // Needs no token: ending never fails, and who makes somebody's visit end by a trick learns nothing.
  routes.delete('/session', (req, res, next) => {
    desk.endVisit(knownSessionOf(req), door.find(req));
    door.dismiss(res);
    endSession(req);
    // Not "cookies": that would sign the browser out of the library's other sites below the same domain.
    res.setHeader('clear-site-data', '"cache", "storage"');
    next();
  });

  routes.get(
    '/me/account',
    reading((session, asked) => desk.account(session, asked)),
  );

  routes.get(
    '/me/lenders',
    reading((session, asked) => desk.lenders(session, asked)),
  );

  routes.post(
    '/me/loans/:id/renewal',
    writing((session, asked, req) => desk.renew(session, OwnParams.parse(req.params).id, asked)),
  );

  routes.get(
    '/me/pickup-branches',
    reading((session, asked, req) =>
      desk.pickupBranches(session, PickupQuery.parse(req.query).record_id, asked),
    ),
  );

  routes.post(
    '/me/holds',
    body,
    writing((session, asked, req) => {
      const {
        record_id: recordId,
        pickup_branch_id: pickupBranchId,
        item_id: itemId,
      } = PlaceHold.parse(req.body);
      const wanted = { recordId, pickupBranchId, ...(itemId !== undefined && { itemId }) };
      return desk.placeHold(session, wanted, asked);
    }),
  );

  routes.post(
    '/me/holds/answers',
    body,
    writing((session, asked, req) => {
      const { question_id: questionId, yes } = HoldReply.parse(req.body);
      return desk.answerQuestion(session, { questionId, yes }, asked);
    }),
  );

  routes.delete(
    '/me/holds/:id',
    writing((session, asked, req) => desk.cancelHold(session, OwnParams.parse(req.params).id, asked)),
  );

  routes.get(
    '/me/data',
    reading((session, { locale }) => myData.tell(session, sentences[locale], locale)),
  );

  routes.get('/me/data/export', async (req, res) => {
    const file = await myData.export(door.get(req));
    door.get(req);
    res.setHeader('content-disposition', 'attachment; filename="carrel-my-data.json"');
    res.json(file);
  });

  routes.delete('/me/data', async (req, res) => {
    await myData.erase(door.getForWrite(req).patron);
    res.status(204).end();
  });

  routes.get(
    '/me/choices',
    reading(({ patron }) => myData.choices(patron)),
  );
  routes.put(
    '/me/choices',
    body,
    writing(({ patron }, _asked, req) => myData.choose(patron, Choices.parse(req.body))),
  );

  routes.get(
    '/me/lists',
    reading(async ({ patron }) => ({ lists: await myData.lists(patron) })),
  );
  routes.post('/me/lists', body, async (req, res) => {
    const { patron } = door.getForWrite(req);
    const list = await myData.addList(patron, NewList.parse(req.body));
    door.get(req);
    res.status(201).json(list);
  });
  routes.put(
    '/me/lists/:id',
    body,
    writing(({ patron }, _asked, req) =>
      myData.changeList(patron, OwnParams.parse(req.params).id, ListChange.parse(req.body)),
    ),
  );
  routes.delete('/me/lists/:id', async (req, res) => {
    const { patron } = door.getForWrite(req);
    await myData.removeList(patron, OwnParams.parse(req.params).id);
    res.status(204).end();
  });

  routes.get(
    '/me/history',
    reading(async ({ patron }) => ({ entries: await myData.history(patron) })),
  );

  type Work = (session: PatronSession, asked: Asked, req: Request) => Promise<object>;

  function reading(work: Work) {
    return async (req: Request, res: Response): Promise<void> => {
      const session = door.get(req);
      const answer = await asking(req, res, (asked) => work(session, asked, req));
      if (!answer) return;
      // Who signed out meanwhile gets nothing more to read.
      door.get(req);
      res.json(answer);
    };
  }

  function writing(work: Work) {
    return async (req: Request, res: Response): Promise<void> => {
      const session = door.getForWrite(req);
      const answer = await asking(req, res, (asked) => work(session, asked, req));
      if (!answer) return;
      // It is done all the same; but who sits there now may be somebody else.
      door.get(req);
      res.json(answer);
    };
  }

  return routes;
}

/** Undefined when the reader left meanwhile: then there is nobody to answer. */
async function asking<T>(
  req: Request,
  res: Response,
  work: (asked: Asked) => Promise<T>,
): Promise<T | undefined> {
  const signal = goneSignal(res);
  try {
    return await work({ locale: LocaleQuery.parse(req.query).locale, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Aborts when the reader goes away before the answer is out. */
function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone.signal;
}
