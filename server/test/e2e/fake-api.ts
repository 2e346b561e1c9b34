import express, { type Express, type Request, type Response } from 'express';
import { join } from 'node:path';
import { programDir } from '../../config.js';
import type { Branch } from '../../contract/availability.js';
import { TurnAnswer, TurnEvents, TurnRequest, type TurnEventName } from '../../contract/conversation.js';
import type { Chip } from '../../contract/intent.js';
import { ProblemBody, problems, type ProblemCode } from '../../contract/problems.js';
import { RecordDetail, SimilarRecords } from '../../contract/record.js';
import { SearchQuery, SearchResponse } from '../../contract/search.js';
import { Welcome } from '../../contract/welcome.js';
import { securityHeaders } from '../../http/guards.js';
import { listen, type Listening } from '../../http/listen.js';
import { servePage } from '../../http/static.js';
import { allBooks, branchNames, mixed } from './fake-books.js';
import { recordFor } from './fake-record.js';
import { sceneFor, type Scene } from './fake-scenes.js';

/** A running fake library: the real built page and the real content policy over answers made up here. */
export interface FakeLibrary {
  url: string;
  /** Turn requests as they came, for tests that ask what the page sent. */
  turns: TurnRequest[];
  /** How many conversations were opened. */
  opened(): number;
  close(): Promise<void>;
}

/** Starts the fake library on a free port, or on the one given. Every answer passes the contract's own schema. */
export async function openFakeLibrary(
  options: { port?: number; branches?: Branch[] } = {},
): Promise<FakeLibrary> {
  const turns: TurnRequest[] = [];
  let conversations = 0;
  let busyLeft = 1;
  const branches = options.branches ?? branchNames.map((name, i) => ({ id: `b${i}`, name }));
  const app = express();
  app.use(securityHeaders({ secure: false }));
  app.use(express.json());

  app.get('/api/v1/welcome', (_req, res) => {
    res.json(Welcome.parse({ library: 'Harbour Libraries', branches, examples: [], is_demo: true }));
  });
  app.post('/api/v1/conversations', (_req, res) => {
    conversations += 1;
    res.status(201).json({ id: `c${conversations}` });
  });
  app.delete('/api/v1/conversations/:id', (_req, res) => {
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
    return stream(req, res, answer, scene);
  });
  mountCatalogue(app);
  app.use(servePage(join(programDir, 'server/web/dist')));

  const listening: Listening = await listen(app, { host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    turns,
    opened: () => conversations,
    close: () => listening.close(100),
  };
}

function answerOf(turn: TurnRequest, scene: Scene, number: number): TurnAnswer {
  const removed = new Set(turn.remove ?? []);
  return TurnAnswer.parse({
    turn: number,
    text: turn.text,
    intent: { text: turn.text, topic: turn.text },
    understood: scene.chips.filter((chip: Chip) => !removed.has(chip.id)),
    recommendations: scene.books,
    response_text: scene.words,
    suggestions: scene.suggestions,
    confidence: scene.confidence,
    handoff_to_librarian: scene.handoff,
    referral: null,
    model: { used: false, absence: 'off', wait_ms: null },
    path: scene.path,
    total: scene.total ?? scene.books.length,
    cache_hit: false,
    response_time_ms: 12,
  });
}

async function stream(req: Request, res: Response, answer: TurnAnswer, scene: Scene): Promise<void> {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const send = <N extends TurnEventName>(event: N, data: (typeof TurnEvents)[N]['_input']): void => {
    res.write(`event: ${event}\ndata: ${JSON.stringify(TurnEvents[event].parse(data))}\n\n`);
  };
  res.setHeader('content-type', 'text/event-stream; charset=utf-8');
  res.flushHeaders();
  send('understood', { turn: answer.turn, intent: answer.intent, understood: answer.understood });
  await wait(scene.delayMs);
  send('recommendations', { recommendations: answer.recommendations, total: answer.total });
  if (scene.breaksOff) return void res.socket?.destroy();
  for (const delta of answer.response_text.match(/\S+\s*/g) ?? []) {
    if (req.socket.destroyed) return;
    send('text', { delta });
    await wait(scene.delayMs / 10);
  }
  send('done', answer);
  res.end();
}

function mountCatalogue(app: Express): void {
  app.get('/api/v1/records/:id', (req, res) => {
    const book = allBooks.find((b) => b.record_id === req.params.id);
    if (!book) return refuse(res, 'record_not_found');
    return res.json(RecordDetail.parse({ record: recordFor(book), availability: book.availability }));
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
          { name: 'format', values: ['book', 'audiobook', 'film', 'map'].map((f) => ({ value: f, label: f, count: count(f) })) },
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
