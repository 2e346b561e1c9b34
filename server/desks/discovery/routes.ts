import { channel } from 'node:diagnostics_channel';
import { Router, type Request, type Response } from 'express';
import { TurnRequest } from '../../contract/conversation.js';
import { ConversationParams, LocaleQuery, RecordParams } from '../../contract/routes.js';
import { SearchQuery } from '../../contract/search.js';
import { asksForNobody } from '../../http/crawlers.js';
import { openEventStream, wantsEvents, type EventStream } from '../../http/sse.js';
import { Problem } from '../../contract/problems.js';
import type { Discovery } from './discovery.js';

/** Publishes `{ error }` when a turn fails after its event stream has begun: the problem middleware never sees it. */
export const streamFailed = channel('carrel:discovery:stream-failed');

interface Deps {
  /** Whose request it is. */
  sessionOf: (req: Request) => string;
  /** The same for what begins: never a session whose visit has ended. */
  openSessionOf: (req: Request) => string;
  /** The same where it need not be anybody's: undefined, too, for a session whose visit has ended. */
  knownOpenSessionOf: (req: Request) => string | undefined;
}

/** The discovery desk over HTTP, below /api/v1. */
export function createDiscoveryRoutes(desk: Discovery, deps: Deps): Router {
  const routes = Router();

  routes.post('/conversations', (req, res) => {
    res.status(201).json({ id: desk.createConversation(deps.openSessionOf(req)) });
  });

  routes.post('/conversations/:id/turns', async (req, res) => {
    const { id } = ConversationParams.parse(req.params);
    const request = TurnRequest.parse(req.body ?? {});
    const signal = goneSignal(res);
    if (!wantsEvents(req)) {
      const answer = await unlessGone(
        signal,
        desk.turn(deps.sessionOf(req), id, request, {
          signal,
          emit: () => undefined,
          inPieces: false,
          ...waitingOf(req),
        }),
      );
      if (answer) res.json(answer);
      return;
    }
    // Opened with the first event, so that a refusal before it keeps its own status line.
    let stream: EventStream | undefined;
    try {
      await desk.turn(deps.sessionOf(req), id, request, {
        signal,
        ...waitingOf(req),
        emit: ({ event, data }) => {
          stream ??= openEventStream(req, res);
          stream.send(event, data);
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (!stream) throw error;
      if (!(error instanceof Problem)) streamFailed.publish({ error });
      stream.fail(error);
    }
    stream?.close();
  });

  routes.delete('/conversations/:id', (req, res) => {
    desk.endConversation(deps.sessionOf(req), ConversationParams.parse(req.params).id);
    res.status(204).end();
  });

  routes.delete('/session', (req, res) => {
    desk.endVisit(deps.sessionOf(req));
    res.status(204).end();
  });

  routes.get('/search', async (req, res) => {
    const query = SearchQuery.parse(req.query);
    await lookUp(req, res, (signal) => desk.search(query, signal));
  });

  routes.get('/records/:id', async (req, res) => {
    const { id } = RecordParams.parse(req.params);
    await lookUp(req, res, (signal) => desk.record(id, signal, waitingOf(req)));
  });

  routes.get('/records/:id/availability', async (req, res) => {
    const { id } = RecordParams.parse(req.params);
    await lookUp(req, res, (signal) => desk.availability(id, signal, waitingOf(req)));
  });

  routes.get('/records/:id/similar', async (req, res) => {
    const { id } = RecordParams.parse(req.params);
    const { locale } = LocaleQuery.parse(req.query);
    await lookUp(req, res, (signal) => desk.similar(id, locale, signal));
  });

  routes.get('/branches', async (req, res) => {
    const signal = goneSignal(res);
    const branches = await unlessGone(signal, desk.branches(signal, waitingOf(req)));
    if (branches) res.json({ branches });
  });

  routes.get('/welcome', async (req, res) => {
    const signal = goneSignal(res);
    const welcome = await unlessGone(signal, desk.welcome(LocaleQuery.parse(req.query).locale, signal));
    if (welcome) res.json(welcome);
  });

  /** What a patron looks at ends with their visit. Before one, and after it, the catalogue is open to anybody. */
  async function lookUp(
    req: Request,
    res: Response,
    work: (signal: AbortSignal) => Promise<object>,
  ): Promise<void> {
    const signal = goneSignal(res);
    const visit = deps.knownOpenSessionOf(req);
    const found = await unlessGone(
      signal,
      visit === undefined ? work(signal) : desk.during(visit, signal, work),
    );
    if (found) res.json(found);
  }

  return routes;
}

/** No crawler and no fetching ahead costs the library's system a request. */
function waitingOf(req: Request): { askShelves: boolean } {
  return { askShelves: !asksForNobody(req) };
}

/** Aborts when the reader goes away before the answer is out. */
function goneSignal(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** Undefined when the reader left meanwhile: then there is nobody to answer, and nothing went wrong. */
async function unlessGone<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
