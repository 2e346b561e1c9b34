import type { Scripted } from '../../../contract/record.js';
import type { MarcField, MarcRecord } from '../formats/marc-record.js';
import { subfield } from '../formats/marc-record.js';

/** The fields of a record by tag, and the original-script fields (880) that pair with them. */
export interface RecordFields {
  readonly leader: string;
  /** Fields of the tag in record order; empty when there are none. */
  all(tag: string): readonly MarcField[];
  first(tag: string): MarcField | undefined;
  /** The 880 that writes the field in its original script. */
  original(field: MarcField): MarcField | undefined;
  /** 880s that pair with no field, with the tag they stand for. */
  readonly unpaired: readonly { tag: string; field: MarcField }[];
}

const none: readonly MarcField[] = [];
const link = /^(\d{3})-(\d{2,})/;
const rtlScript = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Sorts the fields of a record by tag and pairs 880s by the occurrence number of $6; number 00 pairs with nothing. */
export function recordFields(record: MarcRecord): RecordFields {
  const byTag = new Map<string, MarcField[]>();
  for (const field of record.fields) {
    const list = byTag.get(field.tag);
    if (list === undefined) byTag.set(field.tag, [field]);
    else list.push(field);
  }
  const linked = byTag.get('880') ?? none;
  const pairs = new Map<MarcField, MarcField>();
  const unpaired: { tag: string; field: MarcField }[] = [];
  if (linked.length > 0) pairLinked(record, linked, pairs, unpaired);
  return {
    leader: record.leader,
    all: (tag) => byTag.get(tag) ?? none,
    first: (tag) => byTag.get(tag)?.[0],
    original: (field) => (pairs.size === 0 ? undefined : pairs.get(field)),
    unpaired,
  };
}

function pairLinked(
  record: MarcRecord,
  linked: readonly MarcField[],
  pairs: Map<MarcField, MarcField>,
  unpaired: { tag: string; field: MarcField }[],
): void {
  const waiting = new Map<string, MarcField>();
  for (const field of record.fields) {
    if (field.tag === '880') continue;
    const to = link.exec(subfield(field, '6') ?? '');
    if (to?.[1] === '880' && to[2] !== '00') waiting.set(`${field.tag}-${to[2]}`, field);
  }
  for (const field of linked) {
    const to = link.exec(subfield(field, '6') ?? '');
    const partner = to === null ? undefined : waiting.get(`${to[1]}-${to[2]}`);
    if (partner !== undefined && !pairs.has(partner)) pairs.set(partner, field);
    else unpaired.push({ tag: to?.[1] ?? '', field });
  }
}

/** A text with its original script beside it; the same text twice is one. */
export function scripted(text: string, original: string | undefined): Scripted {
  if (original === undefined || original === '' || original === text) return { text };
  return { text, original, direction: rtlScript.test(original) ? 'rtl' : 'ltr' };
}
