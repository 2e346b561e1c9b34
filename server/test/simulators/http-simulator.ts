import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it arrived, kept so that a test can count calls and read their order. */
export interface Asked {
  method: string;
  /** Path without the query, still percent-encoded. */
  path: string;
  /** The request target exactly as on the wire: path and query. */
  target: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** What a handler returns for a request that was carried out and is never answered. */
export const SILENCE = 'silence';

/** Faults of the line itself, alike for every system. All are off until a test sets them, and may be changed between calls. */
export interface LineFaults {
  /** Milliseconds before each answer; Infinity never answers. A real timer runs only when this is finite and above zero. */
  slowMs: number;
  /** Sends the head and half of the body, then destroys the socket. */
  half: boolean;
  /** Every connection is cut as it arrives. `leave` and `comeBack` give a refused connection instead. */
  away: boolean;
  /** A proxy's HTML page in place of the answer, with this status; 0 for none. */
  proxyPage: number;
  /** The right body under `text/plain`. */
  wrongType: boolean;
  /** The line faults above strike only the requests for which this is true. */
  only: (asked: Asked) => boolean;
}

export const quietLine = (): LineFaults => ({
  slowMs: 0,
  half: false,
  away: false,
  proxyPage: 0,
  wrongType: false,
  only: () => true,
});

export interface HttpSimulator<State, Faults> {
  /** `http://127.0.0.1:<port>`, without a slash at the end; the same after `comeBack`. */
  readonly url: string;
  /** The library as plain data: read it, change it. */
  readonly state: State;
  readonly faults: Faults;
  readonly asked: Asked[];
  /** Stops listening and drops every connection: a new one is refused. */
  leave(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** `url` is the simulator's own, for the links in its answers. */
export type Handler = (asked: Asked, url: string) => Answer | typeof SILENCE;

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(value),
});

/** A server on loopback that answers by `handler`, strikes by `faults` and remembers what it was asked. */
export async function openHttpSimulator<State, Faults extends LineFaults>(
  state: State,
  faults: Faults,
  answer: Handler,
): Promise<HttpSimulator<State, Faults>> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((req, res) => {
      void serve(req, res);
    });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // A client that hangs up is the client's business; the simulator only must not fall over it.
      socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  };
  const serve = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await read(req);
    if (body === undefined) return;
    const target = req.url ?? '/';
    const at = target.indexOf('?');
    const request: Asked = {
      method: req.method ?? 'GET',
      path: at < 0 ? target : target.slice(0, at),
      target,
      query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)),
      headers: req.headers,
      body,
    };
    const struck = faults.only(request);
    if (struck && faults.away) return void req.socket.destroy();
    asked.push(request);
    if (struck && faults.slowMs > 0) {
      if (!(await waited(faults.slowMs, res))) return;
    }
    if (struck && faults.proxyPage > 0) return send(res, proxyPage(faults.proxyPage), false);
    const given = answer(request, `http://127.0.0.1:${req.socket.localPort ?? 0}`);
    if (given === SILENCE) return;
    const typed = struck && faults.wrongType ? plain(given) : given;
    send(res, typed, struck && faults.half);
  };
  let server: Server | undefined = await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const leave = async (): Promise<void> => {
    const gone = server;
    server = undefined;
    if (!gone) return;
    const closed = new Promise<void>((resolve) => gone.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url,
    state,
    faults,
    asked,
    leave,
    comeBack: async () => {
      server ??= await listen(port);
    },
    close: leave,
  };
}

/** The body as text; undefined where the client went away while sending it. */
function read(req: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    req.on('error', () => resolve(undefined));
    req.on('close', () => resolve(undefined));
  });
}

/** True after `ms`; false as soon as the client has gone. */
function waited(ms: number, res: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(() => resolve(true), ms) : undefined;
    res.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

function send(res: ServerResponse, answer: Answer, half: boolean): void {
  const body = Buffer.from(answer.body ?? '');
  const bare = answer.status === 204 || answer.status === 304;
  res.writeHead(answer.status, {
    ...answer.headers,
    ...(bare ? {} : { 'content-length': String(body.length) }),
  });
  if (!half) return void res.end(bare ? undefined : body);
  res.write(body.subarray(0, Math.floor(body.length / 2)), () => res.socket?.destroy());
}

const plain = (answer: Answer): Answer => ({
  ...answer,
  headers: { ...answer.headers, 'content-type': 'text/plain; charset=utf-8' },
});

const proxyPage = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>This page is shown by a proxy</h1></body></html>',
});
