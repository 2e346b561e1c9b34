import type { Clock } from '../../cache/clock.js';
import type { HttpCall, HttpClient, HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { answerOf, beforeSending, faultOf, type KohaAnswer } from './answer.js';
import type { Operation } from './operations.js';
import { accountGrant, type ServiceAccount } from './service-account.js';
import type { KohaSettings } from './settings.js';
import { readSpec, type KohaSpec } from './spec.js';
import { createSpecReader } from './spec-reader.js';

export interface KohaRequest {
  signal: AbortSignal;
  /** Values of the path's parameters, in their order. */
  ids?: readonly (string | number)[];
  query?: Readonly<Record<string, string | number>>;
  embed?: readonly string[];
  /** Exactly one media type; default application/json. */
  accept?: string;
  body?: unknown;
  /** Statuses beside 2xx that are answers here: taken only when Koha itself says them (as JSON). */
  also?: readonly number[];
  /** Public endpoints go out with Carrel's account where there is one, and without where it is turned down. */
  isPublic?: boolean;
  mostBytes?: number;
}

/** Koha's REST API, one request an `ask`, `not_offered` where the specification lacks it. Rejects with IlsFault, or with the signal's reason when it aborts. */
export interface KohaApi {
  /** What this Koha offers, by its own live specification. */
  spec(signal: AbortSignal): Promise<KohaSpec>;
  /** The same as read now, refusals forgotten. */
  specAnew(signal: AbortSignal): Promise<KohaSpec>;
  ask(operation: Operation, request: KohaRequest): Promise<KohaAnswer>;
  /** Stops what is under way for nobody in particular. */
  close(): void;
}

const PUBLIC_GRANT =
  'System preferences RESTPublicAPI and, without an account for Carrel, RESTPublicAnonymousRequests switched on';

const SPEC_GRANT =
  'Koha’s description of its REST API (/api/v1/) within reach of this machine: look at “url” (https or http, host and path), and at what the web server in front of Koha lets through';

export function createKohaApi(deps: {
  client: HttpClient;
  account: ServiceAccount;
  auth: KohaSettings['auth'];
  clock: Clock;
}): KohaApi {
  const { client, account, clock } = deps;

  const fetchSpec = async (signal: AbortSignal): Promise<KohaSpec> => {
    const headers = { accept: 'application/json' };
    const target = `${client.basePath}/`;
    const reply = await client.call({ method: 'GET', target, headers, signal });
    const answer = answerOf(reply);
    const read = reply.status === 200 ? readSpec(answer.json) : undefined;
    if (read) return read;
    const { kind, retryAfterMs } = fault(answer, reply, 'GET');
    throw new IlsFault(kind, 'Koha', {
      mayHaveHappened: false,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...((kind === 'refused' || kind === 'foreign' || kind === 'not_offered') && { grant: SPEC_GRANT }),
    });
  };
  const spec = createSpecReader(fetchSpec, clock);
  const fault = (
    answer: KohaAnswer,
    reply: HttpReply,
    method: HttpCall['method'],
    grant?: string,
  ): IlsFault =>
    faultOf(answer, {
      method,
      retryAfter: reply.headers['retry-after'],
      now: clock.now(),
      ...(grant !== undefined && { grant }),
    });

  const headerFor = async ({ isPublic, signal }: KohaRequest): Promise<string | undefined> => {
    if (!isPublic) return account.header(signal);
    if (!account.exists) return undefined;
    try {
      return await account.header(signal);
    } catch (error) {
      if (error instanceof IlsFault && error.kind === 'refused') return undefined;
      throw error;
    }
  };

  const send = (operation: Operation, request: KohaRequest, authorization: string | undefined) => {
    const { body, embed, signal, mostBytes } = request;
    return client.call({
      method: methodOf(operation),
      target: client.basePath + targetOf(operation, request),
      headers: {
        accept: request.accept ?? 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...(embed !== undefined && embed.length > 0 && { 'x-koha-embed': embed.join(',') }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(mostBytes !== undefined && { mostBytes }),
      signal,
    });
  };

  const prepare = async (operation: Operation, request: KohaRequest): Promise<string | undefined> => {
    if (!(await spec.read(request.signal)).offers(operation)) throw new IlsFault('not_offered', 'Koha');
    return headerFor(request);
  };

  return {
    spec: (signal) => spec.read(signal),
    close: () => spec.close(),
    specAnew(signal) {
      account.askAnew();
      return spec.readAnew(signal);
    },
    async ask(operation, request) {
      const first = await beforeSending(prepare(operation, request));
      let reply = await send(operation, request, first);
      // Koha looks at who asks before it does anything, so after a 401 nothing has happened and once more is safe.
      if (reply.status === 401 && first !== undefined) {
        if (account.turnedDown(first))
          reply = await send(operation, request, await beforeSending(headerFor(request)));
        if (reply.status === 401 && request.isPublic) reply = await send(operation, request, undefined);
      }
      const answer = answerOf(reply);
      if (reply.status >= 200 && reply.status < 300) return answer;
      const isKohas = answer.json !== undefined && answer.no.permission === undefined;
      if (isKohas && request.also?.includes(reply.status)) return answer;
      const grant = request.isPublic ? PUBLIC_GRANT : accountGrant(deps.auth);
      throw fault(answer, reply, methodOf(operation), grant);
    },
  };
}

function methodOf(operation: Operation): 'GET' | 'POST' | 'DELETE' {
  return operation.slice(0, operation.indexOf(' ')) as 'GET' | 'POST' | 'DELETE';
}

function targetOf(operation: Operation, { ids = [], query = {} }: KohaRequest): string {
  let at = 0;
  const path = operation
    .slice(operation.indexOf(' ') + 1)
    .replace(/\{[^}]*\}/g, () => encodeURIComponent(String(ids[at++])));
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}
