/** A MARC record as read, whatever file format it came in. */
export interface MarcRecord {
  /** Always 24 characters. */
  readonly leader: string;
  readonly fields: readonly MarcField[];
}

/** A control field has a `value` and no subfields; a data field the other way round. */
export interface MarcField {
  readonly tag: string;
  readonly ind1: string;
  readonly ind2: string;
  readonly value: string;
  readonly subfields: readonly Subfield[];
}

export interface Subfield {
  readonly code: string;
  readonly text: string;
}

const noSubfields: readonly Subfield[] = [];

/** A field of one unbroken text, such as 001. */
export function controlField(tag: string, value: string): MarcField {
  return { tag, ind1: ' ', ind2: ' ', value, subfields: noSubfields };
}

/** A field of subfields; indicators other than one character are read as blank. */
export function dataField(
  tag: string,
  ind1: string,
  ind2: string,
  subfields: readonly Subfield[],
): MarcField {
  return {
    tag,
    ind1: ind1.length === 1 ? ind1 : ' ',
    ind2: ind2.length === 1 ? ind2 : ' ',
    value: '',
    subfields,
  };
}

/** Text of the first subfield with one of the codes, trimmed; undefined when absent or blank. */
export function subfield(field: MarcField | undefined, codes: string): string | undefined {
  if (field === undefined) return undefined;
  for (const s of field.subfields) {
    if (!codes.includes(s.code)) continue;
    const text = s.text.trim();
    if (text !== '') return text;
  }
  return undefined;
}

/** Texts of all subfields with one of the codes, trimmed, in order, blank ones left out. */
export function subfieldTexts(field: MarcField, codes: string): string[] {
  const out: string[] = [];
  for (const s of field.subfields) {
    if (!codes.includes(s.code)) continue;
    const text = s.text.trim();
    if (text !== '') out.push(text);
  }
  return out;
}

/** Leader of 24 characters: shorter ones are filled with blanks, longer ones cut. */
export function leaderOf(text: string): string {
  return text.length === 24 ? text : text.slice(0, 24).padEnd(24, ' ');
}
