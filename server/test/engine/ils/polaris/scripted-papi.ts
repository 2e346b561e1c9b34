import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { IlsFault } from '../../../../engine/ils/ils-fault.js';
import { openPolaris } from '../../../../engine/ils/polaris/polaris.js';
import { PolarisSettings } from '../../../../engine/ils/polaris/settings.js';
import { createFakeClock } from '../../../fakes/clock.js';

/** One request as it came over the wire. */
export interface Heard {
  method: string;
  /** Path and query, undecoded. */
  target: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export type Said =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
  /** Takes the request and hangs up. */
  | 'hang_up'
  /** Takes the request and never answers. */
  | 'silence';

/**
 * A server that knows nothing of Polaris: what it answers, the test says, request by request. It is there for what the
 * client sends and for replies that no well-meaning simulator gives.
 */
export async function openScriptedPapi(
  t: { teardown(end: () => Promise<void>): void },
  answer: (heard: Heard, index: number) => Said,
  more: Record<string, unknown> = {},
) {
  const clock = createFakeClock();
  const heard: Heard[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const server = http.createServer((request, response) => {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    response.on('close', () => (running -= 1));
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        target: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      };
      const said = answer(one, heard.push(one) - 1);
      if (said === 'silence') return;
      if (said === 'hang_up') return void request.socket.destroy();
      const date = new Date(clock.now()).toUTCString();
      response.writeHead(said.status ?? 200, { 'content-type': 'application/json', date, ...said.headers });
      response.end(said.text ?? JSON.stringify(said.json ?? { PAPIErrorCode: 0 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = PolarisSettings.parse({
    url: `${origin}/PAPIService`,
    access_id: 'carrel',
    access_key: '1234',
    time_zone: 'America/New_York',
    ...more,
  });
  const ils = openPolaris(settings, { clock });
  t.teardown(async () => {
    await ils.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { ils, heard, origin, clock, settings, mostAtOnce: () => mostAtOnce };
}

export const staffAccount = { staff_domain: 'LIB', staff_username: 'carrel', staff_password: 'a-password' };

/** A patron's sign-in and what Polaris answers to it; undefined for any other request. */
export function signInAnswer({ target }: Heard): Said | undefined {
  if (target.endsWith('/authenticator/patron')) {
    const secrets = { AccessToken: '6789', AccessSecret: '6789', PatronID: 4711, AuthExpDate: null };
    return { json: { PAPIErrorCode: 0, ErrorMessage: '', ...secrets } };
  }
  if (!target.includes('/circulationblocks')) return undefined;
  return {
    json: {
      PAPIErrorCode: 0,
      ValidPatron: true,
      PatronID: 4711,
      PatronBarcode: 'CARD-0001',
      AssignedBranchID: 3,
      ExpirationDate: '/Date(1893474000000-0500)/',
      Blocks: [],
      CanPatronCirculate: true,
    },
  };
}

/** The part of an address behind version, language, application and organization. */
export function method(target: string): string {
  return target.replace(/^\/PAPIService\/REST\/(public|protected)\/v1\/\d+\/\d+\/\d+/, '');
}

/** The fault that asking ends in; anything else fails the test. */
export async function faultOf(asking: Promise<unknown>): Promise<IlsFault> {
  const error: unknown = await asking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof IlsFault) return error;
  throw new Error('expected an IlsFault', { cause: error });
}
