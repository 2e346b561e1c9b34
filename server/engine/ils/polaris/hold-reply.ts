import type { HoldQuestionKind, Refusal } from '../patron.js';
import { meaningOf } from './error-codes.js';
import type { PapiReply } from './reply.js';
import { number, text } from './wire.js';

/** What has to go back with an answer, so that Polaris knows which question it is to. */
export interface Dialogue {
  guid: string;
  groupQualifier: string;
  qualifier: string;
  /** Names the question answered: StatusValue - 2. */
  state: number;
}

/** Where a hold stands after a request was sent for it. */
export type HoldStep =
  | { is: 'placed'; queue: { queuePosition?: number; queueTotal?: number } }
  | { is: 'question'; kind: HoldQuestionKind; said: string; dialogue: Dialogue }
  | { is: 'refused'; reason: Refusal; said: string }
  | { is: 'setup' | 'failed'; code: number }
  | { is: 'foreign' };

const ERROR = 1;
const ANSWER = 2;
const CONDITIONAL = 3;

/** What StatusValue asks, in a conditional reply. */
const questions: ReadonlyMap<number, HoldQuestionKind> = new Map<number, HoldQuestionKind>([
  [3, 'local_copy'],
  [4, 'interlibrary_loan'],
  [5, 'existing_holds'],
  [6, 'no_copies'],
  [7, 'fee'],
]);

/** What StatusValue says, in an error. */
const errors: ReadonlyMap<number, Refusal> = new Map<number, Refusal>([
  [2, 'pickup_place'],
  [3, 'blocked'],
  [10, 'age'],
]);

/** StatusValue alone is ambiguous: 3 is an error and a question. Type and value together say what it is. */
export function readHoldReply({ code, reply }: PapiReply): HoldStep {
  const message = text(reply, 'Message', 'ErrorMessage');
  if (code < 0) return readCode(code, message);
  const type = number(reply, 'StatusType');
  const value = number(reply, 'StatusValue');
  if (type === ANSWER && value === 1) {
    const queuePosition = number(reply, 'QueuePosition');
    const queueTotal = number(reply, 'QueueTotal');
    return {
      is: 'placed',
      queue: {
        ...(queuePosition !== undefined && queuePosition > 0 && { queuePosition }),
        ...(queueTotal !== undefined && queueTotal > 0 && { queueTotal }),
      },
    };
  }
  if (type === ANSWER && value === 0) return { is: 'refused', reason: 'other', said: message ?? '' };
  if (type === ERROR) {
    return { is: 'refused', reason: errors.get(value ?? 0) ?? 'other', said: message ?? '' };
  }
  const guid = text(reply, 'RequestGUID', 'RequestGuid');
  // Polaris's own spelling lacks an i; versions that have corrected it exist.
  const groupQualifier = text(reply, 'TxnGroupQualifer', 'TxnGroupQualifier');
  const qualifier = text(reply, 'TxnQualifier', 'TxnQualifer');
  const isComplete = guid !== undefined && groupQualifier !== undefined && qualifier !== undefined;
  if (type !== CONDITIONAL || value === undefined || !isComplete) return { is: 'foreign' };
  const dialogue = { guid, groupQualifier, qualifier, state: value - 2 };
  return { is: 'question', kind: questions.get(value) ?? 'other', said: message ?? '', dialogue };
}

function readCode(code: number, message: string | undefined): HoldStep {
  const meaning = meaningOf(code);
  // Of a general failure Polaris only tells the reason in words; it says for sure that it has done nothing.
  if (code === -1) return { is: 'refused', reason: 'other', said: message ?? meaning.words };
  if (meaning.is === 'setup' || meaning.is === 'failed') return { is: meaning.is, code };
  const reason = meaning.is === 'refused' ? meaning.reason : meaning.is === 'none' ? 'not_found' : 'other';
  return { is: 'refused', reason, said: message ?? meaning.words };
}
