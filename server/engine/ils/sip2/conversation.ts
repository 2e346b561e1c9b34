import { DeadlineError, within, type Clock } from '../../cache/clock.js';
import { IlsFault, type IlsFaultKind } from '../ils-fault.js';
import type { TextCode } from './encoding.js';
import { isSame, readReply, type Reply } from './reply.js';
import { answers, type SipRequest } from './request.js';
import type { Sip2Settings } from './settings.js';
import { readTrailer, withTrailer } from './trailer.js';
import { WireLostError, type Wire } from './wire.js';

/** One request at a time over one connection, each with its own reply. */
export interface Conversation {
  readonly isOpen: boolean;
  /** When the server last said something that was asked for, in the clock's milliseconds. */
  readonly heardAt: number;
  /** Rejects with IlsFault or the signal's reason, and is closed then: a late reply must not pass for another's. */
  ask(request: SipRequest, signal: AbortSignal): Promise<Reply>;
  close(): void;
}

export interface ConversationDeps {
  settings: Sip2Settings;
  clock: Clock;
  code: TextCode;
}

/** How often a message is repeated because one of the two sides could not read it. */
const MOST_REPEATS = 3;
const ASK_AGAIN = withTrailer(Buffer.from('97'), undefined);
const RESEND = '96';
const NO_CHECKSUM =
  'The server sends no checksums: switch on its error detection, or set “checksum” to tolerant or off.';
const BAD_CHECKSUM =
  'The checksums that the server sends are wrong: check the network between, or set “checksum” to tolerant.';

export function converseOver(wire: Wire, { settings, clock, code }: ConversationDeps): Conversation {
  const end = Buffer.from(settings.terminator === 'CR' ? '\r' : '\r\n');
  const isMarked = settings.checksum !== 'off';
  let sequence = -1;
  let heardAt = clock.now();

  const fault = (
    kind: IlsFaultKind,
    more: { mayHaveHappened?: boolean; cause?: unknown; grant?: string } = {},
  ): IlsFault => new IlsFault(kind, settings.name, more);
  const send = (message: Buffer): void => wire.send(Buffer.concat([message, end]));

  /** Reads until the reply to `request` has come; whatever answers something else is passed over. */
  const replyTo = async (request: SipRequest, sent: Buffer, signal: AbortSignal): Promise<Reply> => {
    let resent = 0;
    let askedAgain = 0;
    for (;;) {
      const { body, sequence: marked, isRight } = readTrailer(await wire.next(signal));
      const begins = body.subarray(0, 2).toString('latin1');
      if (!/^\d\d$/.test(begins)) continue;
      if (begins === RESEND) {
        resent += 1;
        if (resent > MOST_REPEATS) throw fault('foreign', { mayHaveHappened: false });
        send(sent);
        continue;
      }
      if (settings.checksum === 'on' && isRight !== true) {
        askedAgain += 1;
        if (askedAgain > MOST_REPEATS)
          throw fault('foreign', { grant: isRight === undefined ? NO_CHECKSUM : BAD_CHECKSUM });
        send(ASK_AGAIN);
        continue;
      }
      // A repeated reply may carry 0 instead of the number of its request.
      const isOther = marked !== sequence && !(askedAgain > 0 && marked === 0);
      if (isMarked && marked !== undefined && isOther) continue;
      if (begins !== answers[request.code]) {
        if (isMarked && marked !== undefined) throw fault('foreign');
        continue;
      }
      const reply = readReply(code.decode(body), settings.delimiter);
      if (!reply) throw fault('foreign');
      if (marked === undefined && isStray(reply, request)) continue;
      heardAt = clock.now();
      return reply;
    }
  };

  const ask = async (request: SipRequest, signal: AbortSignal): Promise<Reply> => {
    const body = code.encode(request.text);
    if (!body) throw fault('not_offered', { mayHaveHappened: false });
    if (!wire.isOpen) throw fault('unreachable', { mayHaveHappened: false });
    sequence = (sequence + 1) % 10;
    const message = isMarked ? withTrailer(body, sequence) : body;
    wire.forget();
    send(message);
    return within(clock, settings.reply_timeout_ms, signal, (inner) => replyTo(request, message, inner));
  };

  return {
    get isOpen() {
      return wire.isOpen;
    },
    get heardAt() {
      return heardAt;
    },
    async ask(request, signal) {
      signal.throwIfAborted();
      try {
        return await ask(request, signal);
      } catch (error) {
        wire.close();
        signal.throwIfAborted();
        if (error instanceof DeadlineError) throw fault('silent');
        if (!(error instanceof WireLostError)) throw error;
        if (error.isFlood) throw fault('foreign');
        throw fault(error.isInMessage ? 'cut_off' : 'unreachable', { cause: error.cause });
      }
    },
    close: () => wire.close(),
  };
}

/** True when a reply names another card or barcode than the request did. */
function isStray(reply: Reply, { about }: SipRequest): boolean {
  const named = about && reply.first(about[0]);
  return about !== undefined && !!named && !isSame(named, about[1]);
}
