import type { Clock } from '../../cache/clock.js';
import type { HttpClient, HttpReply } from '../http-client.js';
import { IlsFault } from '../ils-fault.js';
import { answerOf, faultOf } from './answer.js';

/** Koha's older interface, for the one thing that a REST API before 22.11 cannot do. Everything rejects with IlsFault. */
export interface Ilsdi {
  /** Whether card and PIN belong together. Asked once, in the body of a POST: an address stands in the logs of a server. */
  authenticate(card: string, pin: string, signal: AbortSignal): Promise<IlsdiAnswer>;
  /** A harmless question, about a record numbered 0. */
  probe(signal: AbortSignal): Promise<void>;
}

/** `rejected` is every no that Koha gives: no such card, wrong PIN, a locked account. */
export type IlsdiAnswer = { outcome: 'ok'; patronId: string } | { outcome: 'rejected' | 'expired' };

const GRANT = 'System preference ILS-DI switched on, and Carrel’s address in ILS-DI:AuthorizedIPs';
const PATH = '/cgi-bin/koha/ilsdi.pl';

/** The address with the path that ILS-DI always has. */
export function ilsdiUrl(url: string): string {
  const base = url.replace(/\/+$/, '');
  return base.endsWith('.pl') ? base : base + PATH;
}

export function createIlsdi({ client, clock }: { client: HttpClient; clock: Clock }): Ilsdi {
  const ask = async (service: string, parameters: Record<string, string>, signal: AbortSignal) => {
    const reply = await client.call({
      method: 'POST',
      target: client.basePath,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/xml' },
      body: new URLSearchParams({ service, ...parameters }).toString(),
      signal,
    });
    const told = reply.status === 200 ? elementsOf(service, reply.body.toString('utf8')) : undefined;
    if (told?.get('code') === 'NotAllowed')
      throw new IlsFault('refused', 'Koha', { grant: GRANT, mayHaveHappened: false });
    return { reply, told };
  };
  const foreign = (reply: HttpReply): IlsFault =>
    faultOf(answerOf(reply), {
      method: 'POST',
      retryAfter: reply.headers['retry-after'],
      now: clock.now(),
      grant: GRANT,
    });

  return {
    async authenticate(card, pin, signal) {
      const { reply, told } = await ask('AuthenticatePatron', { username: card, password: pin }, signal);
      const id = told?.get('id');
      // Older versions say it with a message, newer ones with a code.
      const no = told?.get('code') ?? told?.get('message');
      if (no === 'PatronNotFound' && id === undefined) return { outcome: 'rejected' };
      if (no === 'PasswordExpired' && id === undefined) return { outcome: 'expired' };
      if (no !== undefined || id === undefined || !/^[1-9]\d*$/.test(id)) throw foreign(reply);
      return { outcome: 'ok', patronId: id };
    },
    async probe(signal) {
      const { reply } = await ask('GetAvailability', { id: '0', id_type: 'bib' }, signal);
      if (reply.status !== 200 || !/<dlf:collection[\s>]/.test(reply.body.toString('utf8')))
        throw foreign(reply);
    },
  };
}

/** The elements inside the one that is named as the service was; undefined when the answer is none of its. */
function elementsOf(service: string, xml: string): Map<string, string> | undefined {
  const inside = new RegExp(`^\\s*(?:<\\?xml[^>]*>)?\\s*<${service}>(.*)</${service}>\\s*$`, 's').exec(
    xml,
  )?.[1];
  if (inside === undefined) return undefined;
  return new Map(
    [...inside.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name = '', text = '']) => [name, text.trim()]),
  );
}
