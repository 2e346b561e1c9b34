import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the engine saw it. */
export interface Seen {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
}

/** What the engine does with one request; each of `script` is used once, then `always`. */
export type Conduct = (exchange: Exchange) => void | Promise<void>;

export interface Exchange {
  seen: Seen;
  response: ServerResponse;
  /** Sends one event whose text is `text`. */
  say: (text: string) => void;
  /** Ends a streamed answer as OpenAI's protocol does. */
  finish: (reason?: string) => void;
  error: (status: number, error: object, headers?: Record<string, string>) => void;
}

/** Speaks OpenAI's protocol on a free port of this machine, as well or as badly as it is told to. */
export interface OpenAiServer {
  readonly url: string;
  readonly host: string;
  readonly seen: Seen[];
  /** Connections that the other side closed before the answer was whole. */
  readonly left: number;
  script: Conduct[];
  always: Conduct;
  /** Resolves when that many requests have come. */
  requests(count: number): Promise<void>;
  /** Resolves when that many connections were closed early. */
  leavings(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Says `words` one event a piece, with the token counts at the end. */
export function answering(...words: string[]): Conduct {
  return ({ say, finish }) => {
    for (const word of words) say(word);
    finish();
  };
}

/** A vector of `dimensions` numbers, not of unit length: texts that share words are near each other. */
export function vectorOf(text: string, dimensions: number): number[] {
  const vector = Array.from({ length: dimensions }, () => 0.01);
  for (const word of text.toLowerCase().split(/\s+/)) {
    const at =
      [...word].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521, 7) % dimensions;
    vector[at] = (vector[at] ?? 0) + 3;
  }
  return vector;
}

/** Answers an embeddings request with floats, or with base64 where it is asked for and `base64` is true. */
export function embeddingWith(dimensions: number, { base64 = true } = {}): Conduct {
  return ({ seen, response }) => {
    const data = (seen.body.input as string[]).map((text, index) => {
      const vector = vectorOf(text, dimensions);
      const packed = Buffer.from(Float32Array.from(vector).buffer).toString('base64');
      return { index, embedding: base64 && seen.body.encoding_format === 'base64' ? packed : vector };
    });
    response.setHeader('content-type', 'application/json');
    // Any order is allowed: `index` tells.
    response.end(JSON.stringify({ object: 'list', data: data.reverse(), model: seen.body.model }));
  };
}

export async function openOpenAiServer(always: Conduct): Promise<OpenAiServer> {
  const seen: Seen[] = [];
  const waits: { isMet: () => boolean; resolve: () => void }[] = [];
  const check = (): void => waits.filter(({ isMet }) => isMet()).forEach(({ resolve }) => resolve());
  const until = (isMet: () => boolean): Promise<void> =>
    isMet() ? Promise.resolve() : new Promise((resolve) => waits.push({ isMet, resolve }));
  let left = 0;
  const fake = { script: [] as Conduct[], always };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const one: Seen = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>,
    };
    response.on('close', () => {
      if (!response.writableFinished) left += 1;
      check();
    });
    seen.push(one);
    check();
    const begin = (): void => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    };
    const send = (value: object): void => {
      begin();
      response.write(`data: ${JSON.stringify(value)}\n\n`);
    };
    await (fake.script.shift() ?? fake.always)({
      seen: one,
      response,
      say: (text) => send({ choices: [{ index: 0, delta: { content: text }, finish_reason: null }] }),
      finish(reason = 'stop') {
        send({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
        send({ choices: [], usage: { prompt_tokens: 20, completion_tokens: 5 } });
        response.end('data: [DONE]\n\n');
      },
      error(status, error, headers = {}) {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(JSON.stringify({ error }));
      },
    });
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `http://${host}/v1`,
    host,
    seen,
    get left() {
      return left;
    },
    get script() {
      return fake.script;
    },
    set script(script) {
      fake.script = script;
    },
    get always() {
      return fake.always;
    },
    set always(conduct) {
      fake.always = conduct;
    },
    requests: (count) => until(() => seen.length >= count),
    leavings: (count) => until(() => left >= count),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
