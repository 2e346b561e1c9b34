import express, { type Express, type Response } from 'express';
import { join } from 'node:path';
import { programDir } from '../../config.js';
import { Availability, type Branch } from '../../contract/availability.js';
import { TurnAnswer, TurnEvents, TurnRequest, type TurnEventName } from '../../contract/conversation.js';
import type { Chip } from '../../contract/intent.js';
import { Problem, ProblemBody, problems, type ProblemCode } from '../../contract/problems.js';
import { RecordDetail, SimilarRecords } from '../../contract/record.js';
import { SearchQuery, SearchResponse } from '../../contract/search.js';
import { Welcome } from '../../contract/welcome.js';
import { securityHeaders } from '../../http/guards.js';
import { listen, type Listening } from '../../http/listen.js';
import { problemBody } from '../../http/problems.js';
import { servePage } from '../../http/static.js';
import { allBooks, branchNames, mixed } from './fake-books.js';
import { createGate, type Gate } from './fake-gate.js';
import { mountPatrons, type FakePatrons } from './fake-patron.js';
import { recordFor } from './fake-record.js';
import { sceneFor, type Scene } from './fake-scenes.js';

/** A running fake library: the real built page and the real content policy over answers made up here. */
export interface FakeLibrary {
  url: string;
  /** Turn requests as they came, for tests that ask what the page sent. */
  turns: TurnRequest[];
  /** Lets a held model take its next step, once it waits for that. */
  goOn(): Promise<void>;
  /** How many answers were broken off by the page before they were whole. */
  leftAlone(): number;
  /** How many conversations were opened. */
  opened(): number;
  /** The account side, where this library has one. */
  patrons: FakePatrons | undefined;
  close(): Promise<void>;
}

/** Starts the fake library on a free port, or on the one given. Every answer passes the contract's own schema. */
export async function openFakeLibrary(
  options: { port?: number; branches?: Branch[]; model?: boolean; patrons?: boolean } = {},
): Promise<FakeLibrary> {
  const turns: TurnRequest[] = [];
  let conversations = 0;
  let busyLeft = 1;
  let leftAlone = 0;
  const gate = createGate();
  const branches = options.branches ?? branchNames.map((name, i) => ({ id: `b${i}`, name }));
  const app = express();
  app.use(securityHeaders({ secure: false }));
  app.use(express.json());

  const patrons = options.patrons === true ? mountPatrons(app, branches) : undefined;

  app.get('/api/v1/welcome', (_req, res) => {
    res.json(
      Welcome.parse({
        library: 'Harbour Libraries',
        branches,
        examples: [],
        language_model: options.model ?? false,
        is_demo: true,
      }),
    );
  });
  app.post('/api/v1/conversations', (_req, res) => {
    conversations += 1;
    res.status(201).json({ id: `c${conversations}` });
  });
  app.delete('/api/v1/conversations/:id', (_req, res) => {
    res.status(204).end();
  });
  app.delete('/api/v1/session', (_req, res) => {
    res.status(204).end();
  });
  app.post('/api/v1/conversations/:id/turns', async (req, res) => {
    const turn = TurnRequest.parse(req.body);
    turns.push(turn);
    if (/\bbusy\b/.test(turn.text) && busyLeft-- > 0) return refuse(res, 'busy', 2);
    if (/\bmany\b/.test(turn.text)) return refuse(res, 'too_many_requests', 42);
    const scene = sceneFor(turn);
    const answer = answerOf(turn, scene, turns.length);
    if (!req.get('accept')?.includes('text/event-stream')) return res.json(answer);
    res.once('close', () => (leftAlone += res.writableFinished ? 0 : 1));
    return stream(res, answer, scene, gate);
  });
  mountCatalogue(app);
  app.use(servePage(join(programDir, 'server/web/dist')));

  const listening: Listening = await listen(app, { host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    turns,
    goOn: gate.open,
    leftAlone: () => leftAlone,
    opened: () => conversations,
    patrons,
    close: () => listening.close(100),
  };
}

function answerOf(turn: TurnRequest, scene: Scene, number: number): TurnAnswer {
  const removed = new Set(turn.remove ?? []);
  const { model } = scene;
  return TurnAnswer.parse({
    turn: number,
    text: turn.text,
    intent: { text: turn.text, topic: turn.text },
    understood: (model?.chips ?? scene.chips).filter((chip: Chip) => !removed.has(chip.id)),
    recommendations: model?.books ?? scene.books,
    response_text: [scene.words, model?.words ?? ''].join(' ').trim(),
    suggestions: scene.suggestions,
    confidence: scene.confidence,
    handoff_to_librarian: scene.handoff,
    referral: scene.referral,
    model: {
      used: model !== undefined && model.absence === null,
      absence: model ? model.absence : scene.absence,
      wait_ms: scene.absence === 'busy' ? 21_000 : null,
    },
    path: scene.path,
    total: scene.total ?? scene.books.length,
    cache_hit: false,
    response_time_ms: 12,
  });
}

async function stream(res: Response, answer: TurnAnswer, scene: Scene, gate: Gate): Promise<void> {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const send = <N extends TurnEventName>(event: N, data: (typeof TurnEvents)[N]['_input']): void => {
    res.write(`event: ${event}\ndata: ${JSON.stringify(TurnEvents[event].parse(data))}\n\n`);
  };
  const say = async (words: string, everyMs: number): Promise<void> => {
    for (const delta of words.match(/\s*\S+/g) ?? []) {
      if (res.destroyed) return;
      send('text', { delta });
      await wait(everyMs);
    }
  };
  res.setHeader('content-type', 'text/event-stream; charset=utf-8');
  res.flushHeaders();
  const { turn, intent, understood, total, recommendations } = answer;
  const { model } = scene;
  send('understood', { turn, intent, understood: model ? scene.chips : understood });
  await wait(scene.delayMs);
  send('recommendations', { recommendations: scene.books, total });
  if (scene.breaksOff) return void res.socket?.destroy();
  if (scene.visitEnds) {
    const told = problemBody(new Problem('signed_out', { detail: 'This visit has ended.' }));
    return void res.end(`event: error\ndata: ${JSON.stringify(told)}\n\n`);
  }
  await say(scene.words, scene.delayMs / 10);
  if (model) {
    const step = (): Promise<void> => (scene.isHeld ? gate.pass(res) : wait(model.stepMs));
    send('thinking', {
      first_ms: model.first_ms,
      whole_ms: model.whole_ms,
      suggestions: scene.suggestions,
    });
    await step();
    send('understood', { turn, intent, understood });
    send('recommendations', { recommendations, total });
    await step();
    const half = model.words.lastIndexOf(' ', model.words.length / 2);
    await say(` ${model.words.slice(0, half)}`, model.stepMs / 10);
    await step();
    await say(model.words.slice(half), model.stepMs / 10);
  }
  if (res.destroyed) return;
  send('done', answer);
  res.end();
}

/** The library's system takes its time over this one. */
export const SLOW_RECORD = 'm2';

function mountCatalogue(app: Express): void {
  app.get('/api/v1/records/:id', (req, res) => {
    const book = allBooks.find((b) => b.record_id === req.params.id);
    if (!book) return refuse(res, 'record_not_found');
    const asked = book.record_id === SLOW_RECORD;
    const availability = asked
      ? { state: 'unknown', asOf: null, stale: false, source: 'ils', branches: [], checking: true }
      : book.availability;
    return res.json(RecordDetail.parse({ record: recordFor(book), availability }));
  });
  app.get('/api/v1/records/:id/availability', (req, res) => {
    const book = allBooks.find((b) => b.record_id === req.params.id);
    if (!book) return refuse(res, 'record_not_found');
    return res.json(Availability.parse(book.availability));
  });
  app.get('/api/v1/records/:id/similar', (_req, res) => {
    res.json(SimilarRecords.parse({ records: mixed.slice(0, 5) }));
  });
  app.get('/api/v1/search', (req, res) => {
    const query = SearchQuery.parse(req.query);
    const found = query.q.includes('nothing')
      ? []
      : allBooks.filter((b) => !query.format || query.format.includes(b.format));
    const count = (format: string): number => found.filter((b) => b.format === format).length;
    res.json(
      SearchResponse.parse({
        total: found.length,
        offset: query.offset,
        limit: query.limit,
        intent: { text: query.q, topic: query.q },
        understood: query.plain || !query.q.includes('spanish') ? [] : [{ id: 'language:spa', kind: 'language', label: 'in Spanish' }],
        records: found.slice(query.offset, query.offset + query.limit),
        facets: [
          { name: 'format', values: ['book', 'audiobook', 'film', 'map'].map((f) => ({ value: f, label: f, count: count(f) })).filter((value) => value.count > 0) },
          { name: 'language', values: [{ value: 'eng', label: 'English', count: 20 }, { value: 'spa', label: 'Spanish', count: 9 }] },
          { name: 'branch', values: [{ value: 'b0', label: 'Harbour Street', count: 7 }] },
          { name: 'decade', values: [{ value: '1990', label: '1990s', count: 4 }] },
        ],
        catalogue_version: '1',
        response_time_ms: 3,
      }),
    ); // prettier-ignore
  });
}

function refuse(res: Response, code: ProblemCode, retryAfterSeconds?: number): void {
  const { status, title } = problems[code];
  if (retryAfterSeconds !== undefined) res.setHeader('retry-after', String(retryAfterSeconds));
  res.status(status).type('application/problem+json');
  res.send(JSON.stringify(ProblemBody.parse({ type: `/docs/errors#${code}`, title, status, code })));
}
