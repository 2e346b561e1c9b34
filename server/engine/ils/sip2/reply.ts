import { readFields } from './fields.js';

/** Characters between the two digits and the first field. */
const fixedLengths = {
  '94': 1,
  '98': 34,
  '24': 35,
  '64': 59,
  '18': 24,
  '16': 20,
  '30': 22,
  '36': 19,
  '66': 27,
} as const;
export type ReplyCode = keyof typeof fixedLengths;

/** A message of the server's: the part whose places have meanings, and the named fields. */
export interface Reply {
  readonly code: ReplyCode;
  readonly fixed: string;
  /** The first value of a field, trimmed; undefined where the field is absent. */
  first(name: string): string | undefined;
  /** Every value of a field that is not blank, trimmed. */
  all(name: string): string[];
  /** How often a field comes, blank ones counted. */
  count(name: string): number;
}

/** Undefined when the text is no reply, or ends before its fixed part does. */
export function readReply(text: string, delimiter: string): Reply | undefined {
  const code = text.slice(0, 2);
  if (!isReplyCode(code)) return undefined;
  const length = fixedLengths[code];
  if (text.length < 2 + length) return undefined;
  const fields = readFields(text.slice(2 + length), delimiter);
  return {
    code,
    fixed: text.slice(2, 2 + length),
    first: (name) => fields.get(name)?.[0]?.trim(),
    all: (name) => (fields.get(name) ?? []).map((value) => value.trim()).filter((value) => value !== ''),
    count: (name) => fields.get(name)?.length ?? 0,
  };
}

function isReplyCode(code: string): code is ReplyCode {
  return Object.hasOwn(fixedLengths, code);
}

/** Cards and barcodes are compared as people write them: case and blanks at the ends do not matter. */
export function isSame(one: string | undefined, other: string): boolean {
  return one !== undefined && one.trim().toUpperCase() === other.trim().toUpperCase();
}
