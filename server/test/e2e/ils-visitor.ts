import { TurnAnswer } from '../../contract/conversation.js';
import { Availability } from '../../contract/availability.js';
import { CSRF_HEADER, Me, SignInAnswer, SignInForm } from '../../contract/sign-in.js';

/** A browser as far as the account desk sees one: its cookies, and the token that its writes carry. */
export interface Visitor {
  /** Name and value, as the browser would send them. */
  readonly cookies: Map<string, string>;
  /** Token of whoever is signed in. */
  csrf: string;
  ask(method: string, path: string, body?: object): Promise<Response>;
  /** The body of an answer that must be a 200; throws otherwise. */
  get<T>(path: string, schema: { parse(value: unknown): T }): Promise<T>;
  write<T>(method: string, path: string, schema: { parse(value: unknown): T }, body?: object): Promise<T>;
  signIn(card: string, pin: string): Promise<SignInAnswer>;
  me(): Promise<Me>;
  /** Opens a conversation; `say` takes a turn in it. */
  begin(): Promise<{ id: string; say: (text: string) => Promise<TurnAnswer> }>;
  availability(recordId: string): Promise<Availability>;
}

/** `cookies` of another visitor make it a browser that has stolen them. */
export function visitorAt(base: string, stolen: ReadonlyMap<string, string> = new Map()): Visitor {
  const cookies = new Map(stolen);
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(visitor.csrf !== '' && { [CSRF_HEADER]: visitor.csrf }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';', 1)[0]?.split('=') ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  const bodyOf = async <T>(answer: Response, schema: { parse(value: unknown): T }): Promise<T> => {
    if (!answer.ok) throw new Error(`${answer.status} for ${new URL(answer.url).pathname}`);
    return schema.parse(await answer.json());
  };
  const visitor: Visitor = {
    cookies,
    csrf: '',
    ask,
    get: async (path, schema) => bodyOf(await ask('GET', path), schema),
    write: async (method, path, schema, body) => bodyOf(await ask(method, path, body), schema),
    async signIn(card, pin) {
      visitor.csrf = (await visitor.get('/me/sign-in', SignInForm)).csrf;
      const answer = await visitor.write('POST', '/me/sign-in', SignInAnswer, { card, pin });
      visitor.csrf = answer.me?.csrf ?? '';
      return answer;
    },
    me: () => visitor.get('/me', Me),
    async begin() {
      const { id } = (await (await ask('POST', '/conversations', {})).json()) as { id: string };
      const say = (text: string): Promise<TurnAnswer> =>
        visitor.write('POST', `/conversations/${id}/turns`, TurnAnswer, { text });
      return { id, say };
    },
    availability: (recordId) => visitor.get(`/records/${recordId}/availability`, Availability),
  };
  return visitor;
}

/** Asks again until there is an answer; throws after a time that no machine needs. */
export async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Every status that a record's copies have, sorted. */
export function statuses({ branches }: Availability): string[] {
  return branches.flatMap(({ items }) => items.map(({ status }) => status)).sort();
}

/** As soon as the system has told of this record's copies. */
export function told(visitor: Visitor, recordId: string): Promise<Availability> {
  return until(`copies of ${recordId}`, async () => {
    const availability = await visitor.availability(recordId);
    return availability.asOf !== null && !availability.checking ? availability : undefined;
  });
}
