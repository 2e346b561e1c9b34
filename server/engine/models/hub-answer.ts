import { ModelTrouble } from './trouble.js';

/** A connection that failed or a hub that wants us to come back: worth another try. */
export class Broken extends Error {
  readonly afterMs: number | undefined;
  readonly busy: boolean;
  /** What lies here is of no use for going on. */
  readonly stale: boolean;

  constructor(afterMs?: number, options: ErrorOptions & { busy?: boolean; stale?: boolean } = {}) {
    super('the connection broke', options);
    this.name = 'Broken';
    this.afterMs = afterMs;
    this.busy = options.busy ?? false;
    this.stale = options.stale ?? false;
  }
}

/** The hub's answer to a request for a file, its body still to come. */
export interface HubAnswer {
  /** Where the body begins in the file: more than 0 when the hub goes on where we stopped. */
  start: number;
  /** Length of the whole file where the answer tells it. */
  total: number | undefined;
  etag: string | null;
  /** Hugging Face's headers about files in large file storage. */
  sha256: string | null;
  linkedBytes: number | null;
  /** git's own digest of a small file. */
  gitSha1: string | null;
  revision: string | undefined;
  /** The next piece, or undefined at the end. Throws Broken. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

const MOST_REDIRECTS = 6;
const LONGEST_WAIT_MS = 120_000;
const AGENT = 'Carrel (model download that a person asked for)';

/** What Hugging Face says in its redirect. */
interface Linked {
  etag: string | undefined;
  size: string | undefined;
  commit: string | undefined;
}

/**
 * Asks for a file from `from` on, follows redirects and reads what Hugging Face says on the way: the redirect's
 * `x-linked-etag` is the SHA-256 of a large file, `x-linked-size` its length, `x-repo-commit` the revision. Undefined
 * when there is no such file. Throws Broken when another try may help, ModelTrouble when none will.
 */
export async function answerOf(
  request: { url: string; name: string },
  options: { from: number; etag: string | null; signal: AbortSignal },
): Promise<HubAnswer | undefined> {
  const headers: Record<string, string> = { 'user-agent': AGENT, 'accept-encoding': 'identity' };
  if (options.from > 0 && options.etag !== null) {
    headers['range'] = `bytes=${options.from}-`;
    headers['if-range'] = options.etag;
  }
  const linked: Linked = { etag: undefined, size: undefined, commit: undefined };
  let url = new URL(request.url);
  for (let hops = 0; ; hops += 1) {
    const response = await send(url, headers, options.signal);
    linked.etag ??= response.headers.get('x-linked-etag') ?? undefined;
    linked.size ??= response.headers.get('x-linked-size') ?? undefined;
    linked.commit ??= response.headers.get('x-repo-commit') ?? undefined;
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      return bodyOf(request, response, url, linked, options);
    }
    await response.body?.cancel();
    const next = new URL(location, url);
    if (hops >= MOST_REDIRECTS || !isSafe(url, next)) {
      throw new ModelTrouble(
        `${url.host} sends us in circles or somewhere unsafe: check the address of the hub.`,
      );
    }
    url = next;
  }
}

async function bodyOf(
  request: { url: string; name: string },
  response: Response,
  url: URL,
  linked: Linked,
  { from, etag: known }: { from: number; etag: string | null },
): Promise<HubAnswer | undefined> {
  const refuse = async (sentence: string): Promise<never> => {
    await response.body?.cancel();
    throw new ModelTrouble(sentence);
  };
  const { status, headers } = response;
  if (status === 404 || status === 410) {
    await response.body?.cancel();
    return undefined;
  }
  if (status === 401 || status === 403) {
    return refuse(
      `${url.host} gives ${request.name} only to people with an account (${status}): fetch it with a browser and bring it with carrel models add.`,
    );
  }
  if (status === 429 || status >= 500) {
    await response.body?.cancel();
    throw new Broken(retryAfter(headers), { busy: true });
  }
  const whole = status === 416 && headers.get('content-range') === `bytes */${from}`;
  if (status === 416 && !whole) {
    await response.body?.cancel();
    throw new Broken(0, { stale: true });
  }
  if (!whole && status !== 200 && status !== 206) {
    return refuse(`${url.host} answered ${status} for ${request.name}: check the address of the hub.`);
  }
  if ((headers.get('content-type') ?? '').startsWith('text/html')) {
    return refuse(
      `${url.host} answered with a web page in place of ${request.name}: a proxy or a sign-in page stands in between.`,
    );
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && (range === null || Number(range[1]) !== from)) {
    await response.body?.cancel();
    throw new Broken(0, { stale: true });
  }
  // All of it lies here already: an earlier call was ended between the last byte and the check.
  if (whole) await response.body?.cancel();
  const reader = whole ? undefined : response.body?.getReader();
  const etag = whole ? known : headers.get('etag');
  const mark = bare(linked.etag ?? etag ?? '');
  return {
    start: status === 200 ? 0 : from,
    total: whole ? from : totalOf(status, headers, range?.[2]),
    etag: etag?.startsWith('W/') ? null : etag,
    sha256: linked.etag !== undefined && /^[0-9a-f]{64}$/.test(mark) ? mark : null,
    linkedBytes: linked.size === undefined || !/^\d+$/.test(linked.size) ? null : Number(linked.size),
    // Only a hub that names its revision names small files as git does.
    gitSha1: linked.commit !== undefined && /^[0-9a-f]{40}$/.test(mark) ? mark : null,
    revision: linked.commit,
    async read() {
      if (reader === undefined) return undefined;
      const piece = await reader.read().catch(broken);
      return piece.value as Uint8Array | undefined;
    },
    async cancel() {
      // The connection may be gone already; there is nothing left to end then.
      await reader?.cancel().catch(() => undefined);
    },
  };
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: 'manual', signal });
  } catch (error) {
    throw new Broken(undefined, { cause: error });
  }
}

function broken(error: unknown): never {
  throw new Broken(undefined, { cause: error });
}

function totalOf(status: number, headers: Headers, ofRange: string | undefined): number | undefined {
  if (status === 206) return ofRange === undefined || ofRange === '*' ? undefined : Number(ofRange);
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : Number(length);
}

/** Hugging Face is left by TLS only; an in-house mirror may speak plain HTTP throughout. */
function isSafe(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), LONGEST_WAIT_MS) : undefined;
}

function bare(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"|"$/g, '').toLowerCase();
}
