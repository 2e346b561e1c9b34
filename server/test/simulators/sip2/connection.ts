import type { Socket } from 'node:net';
import type { Clock } from '../../../engine/cache/clock.js';
import { createSplitter, decode, encode, sealed, unsealed } from './frame.js';
import { hold, itemInformation, renew, renewAll } from './item-answers.js';
import { field, readRequest, type Sip2Request } from './message.js';
import { endSession, patronInformation, patronStatus, type Sip2Library } from './patron-answers.js';

export interface Sip2Rules {
  login: 'none' | '93' | 'telnet';
  user: string;
  password: string;
  /** 99 is answered before login; otherwise it ends the connection. */
  statusBeforeLogin: boolean;
  /** A 23 without AC or AD, were they empty, is answered with 96. */
  needsAcAndAd: boolean;
}

/** A message as it came; PINs and all, for this is a test's. */
export interface Sip2Asked {
  /** Counted from 1. */
  connection: number;
  code: string;
  text: string;
  bytes: Buffer;
}

export interface ConnectionDeps {
  number: number;
  library: Sip2Library;
  rules: Sip2Rules;
  clock: Clock;
  heard: (asked: Sip2Asked) => void;
}

const answers: Readonly<Record<string, (library: Sip2Library, request: Sip2Request) => string>> = {
  '15': hold,
  '17': itemInformation,
  '23': patronStatus,
  '29': renew,
  '35': endSession,
  '63': patronInformation,
  '65': renewAll,
  '99': status,
};

/** Serves one connection until it ends: one message after another, in the order they came. */
export function serve(socket: Socket, { number, library, rules, clock, heard }: ConnectionDeps): void {
  const { faults } = library;
  const gone = new AbortController();
  const split = createSplitter();
  let isLoggedIn = rules.login === 'none';
  let strikes = 3;
  let telnetUser: string | undefined;
  let detectsErrors = false;
  let last: Buffer | undefined;
  let answered = 0;
  let afterLogin = 0;
  let work = Promise.resolve();

  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => gone.abort());
  socket.on('data', (bytes) => {
    for (const message of split(bytes)) {
      work = work
        .then(() => (rules.login === 'telnet' && !isLoggedIn ? telnet(message) : receive(message)))
        // Who hangs up in the middle of a wait is gone; nothing is left to say.
        .catch(() => void socket.destroy());
    }
  });
  if (rules.login === 'telnet') socket.write('login: ');

  async function telnet(line: Buffer): Promise<void> {
    const text = decode(line, faults.encoding);
    if (telnetUser === undefined) {
      telnetUser = text;
      socket.write('password: ');
      return;
    }
    isLoggedIn = telnetUser === rules.user && text === rules.password;
    telnetUser = undefined;
    strikes -= 1;
    if (isLoggedIn) socket.write('Login OK.  Initiating SIP\r\n');
    else if (strikes > 0) socket.write('Invalid login\r\nlogin: ');
    else socket.end('Invalid login\r\n');
  }

  async function receive(message: Buffer): Promise<void> {
    if (socket.destroyed || socket.writableEnded) return;
    const { body, sequence, isRight } = unsealed(message);
    const text = decode(body, faults.encoding);
    const code = text.slice(0, 2);
    heard({ connection: number, code, text, bytes: message });
    if (faults.deafTo === 'all' || faults.deafTo.includes(code)) return;

    if (code === '97') {
      if (message.toString('latin1') === '97AZFEF5') detectsErrors = true;
      return send(last ?? encode('96', 'utf-8'), '0', code);
    }
    detectsErrors = sequence !== undefined;
    if (!isRight || once('askAgain')) return write(encode(detectsErrors ? '96AZFEF6' : '96', 'utf-8'), code);

    const request = readRequest(text);
    if (!isLoggedIn && !(code === '99' && rules.statusBeforeLogin) && code !== '93')
      return void socket.destroy();
    if (!request) return void socket.destroy();
    if (code === '93') return login(request, sequence ?? '0');
    if (faults.onlyFirst && ++afterLogin > 1) return;
    if (code === '23' && rules.needsAcAndAd && !(request.fields.has('AC') && request.fields.has('AD')))
      return write(encode(detectsErrors ? '96AZFEF6' : '96', 'utf-8'), code);
    const answer = answers[code]?.(library, request) ?? '';
    last = encode(faults.mojibake ? decode(Buffer.from(answer, 'utf8'), 'latin1') : answer, faults.encoding);
    return send(last, sequence ?? '0', code);
  }

  async function login(request: Sip2Request, sequence: string): Promise<void> {
    const isRight = request.fields.get('CN') === rules.user && request.fields.get('CO') === rules.password;
    isLoggedIn = rules.login === 'none' || isRight;
    strikes -= 1;
    last = encode(isLoggedIn ? '941' : '940', 'utf-8');
    await send(last, sequence, '93');
    if (!isLoggedIn && strikes === 0) socket.end();
  }

  /** True when a fault of that name is on; takes it back where it was for once only. */
  function once(name: 'badChecksum' | 'wrongSequence' | 'askAgain'): boolean {
    const is = faults[name];
    if (is === 'once') faults[name] = 'no';
    return is !== 'no';
  }

  function send(body: Buffer, sequence: string, code: string): Promise<void> {
    if (!detectsErrors) return write(body, code);
    const next = (by: number): string => String((Number(sequence) + by) % 10);
    let message = sealed(body, once('wrongSequence') ? next(3) : sequence);
    if (once('badChecksum')) {
      const right = message.toString('latin1', message.length - 4);
      message = Buffer.concat([message.subarray(0, -4), Buffer.from(right === '0000' ? '1111' : '0000')]);
    }
    if (faults.unasked === 'no') return write(message, code);
    const end = Buffer.from(faults.terminator);
    const other = sealed(body, next(7));
    return write(
      Buffer.concat(faults.unasked === 'before' ? [other, end, message] : [message, end, other]),
      code,
    );
  }

  async function write(message: Buffer, code: string): Promise<void> {
    if (faults.slowMs > 0) await clock.after(faults.slowMs, gone.signal);
    if (faults.loseReplyTo.includes(code)) {
      if (faults.loseBy === 'close') socket.destroy();
      return;
    }
    const whole = Buffer.concat([message, Buffer.from(faults.terminator)]);
    const middle = Math.floor(whole.length / 2);
    if (faults.half !== 'no') {
      socket.write(whole.subarray(0, middle));
      await turn();
      if (faults.half === 'then_close') socket.end();
      if (faults.half === 'then_rest') socket.write(whole.subarray(middle));
    } else if (faults.byteByByte) {
      for (let at = 0; at < whole.length && !socket.destroyed; at += 1) {
        socket.write(whole.subarray(at, at + 1));
        await turn();
      }
    } else socket.write(whole);
    answered += 1;
    if (answered >= faults.dropAfter) socket.end();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** 98 to a 99. The flags are those of the published exchange, and as there not to be trusted. */
function status(library: Sip2Library): string {
  const { faults, institution } = library;
  const ao = field('AO', faults.paddedAo ? institution.padEnd(12) : institution);
  return `98YNNYNN600003${library.date(library.nowMs())}${faults.version}${ao}BXYYYYYYYYYNYNYYYY|`;
}
