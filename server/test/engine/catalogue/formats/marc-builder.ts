import { readMarcKnowledge } from '../../../../engine/catalogue/mapping/knowledge.js';
import { writeIso2709, type FieldSource, type MarcSource } from '../../../../lib/iso2709-writer.js';
import { readCatalogue, type ReadOptions } from '../../../../engine/catalogue/formats/read-catalogue.js';
import type { Outcome, ReadRecord, RefusedRecord } from '../../../../engine/catalogue/formats/outcome.js';

/** Read once for all tests of a file. */
export const knowledge = readMarcKnowledge();

const BOOK = '00000nam a2200000 i 4500';
const FIXED = '260115s2001    xx            000 1 eng d';

/** A field from one line: "245 10 $aTitle /$cName", or "001 b1" for a control field. "_" stands for a blank. */
export function field(line: string): FieldSource {
  const tag = line.slice(0, 3);
  if (tag < '010') return { tag, value: line.slice(4) };
  const [ind1 = ' ', ind2 = ' '] = line.slice(4, 6).replaceAll('_', ' ');
  const subfields = line
    .slice(line.indexOf('$') + 1)
    .split('$')
    .map((s): [string, string] => [s.slice(0, 1), s.slice(1)]);
  return { tag, ind1, ind2, subfields };
}

/** A record of lines as `field` takes them; 008 is a novel of 2001 unless one is given. */
export function source(lines: readonly string[], leader = BOOK): MarcSource {
  const fields = lines.map(field);
  if (!fields.some((f) => f.tag === '008')) fields.push({ tag: '008', value: FIXED });
  return { leader, fields };
}

/** The same as bytes. */
export function marc(lines: readonly string[], leader = BOOK): Buffer {
  return writeIso2709(source(lines, leader));
}

/** Small sound records b1, b2, ... */
export function records(count: number, from = 1): Buffer[] {
  return Array.from({ length: count }, (_, n) =>
    marc([`001 b${n + from}`, `245 10 $aTitle ${n + from} /$cName.`, '650 _0 $aWhales$vFiction.']),
  );
}

/** Bytes put together by hand: fields as [tag, raw bytes]; lengths past 99,999 wrap, as overlong records have them. */
export function rawMarc(fields: readonly (readonly [tag: string, body: Buffer])[], leader09 = ' '): Buffer {
  let directory = '';
  const bodies: Buffer[] = [];
  let start = 0;
  for (const [tag, body] of fields) {
    const whole = Buffer.concat([body, Buffer.from([0x1e])]);
    directory += tag + String(whole.length).padStart(4, '0') + String(start % 100_000).padStart(5, '0');
    bodies.push(whole);
    start += whole.length;
  }
  const base = 24 + directory.length + 1;
  const length = String((base + start + 1) % 100_000).padStart(5, '0');
  const leader = `${length}nam ${leader09}22${String(base).padStart(5, '0')} i 4500`;
  return Buffer.concat([Buffer.from(`${leader}${directory}\x1e`, 'latin1'), ...bodies, Buffer.from([0x1d])]);
}

/** A stream of one chunk per buffer. */
export async function* chunksOf(...buffers: Buffer[]): AsyncGenerator<Buffer> {
  for (const buffer of buffers) {
    await Promise.resolve();
    yield buffer;
  }
}

export interface ReadAll {
  outcomes: Outcome[];
  read: ReadRecord[];
  refused: RefusedRecord[];
  /** Codes of notices about the file. */
  file: string[];
  ids: string[];
}

/** Reads everything in memory, through a stream. */
export async function readAll(content: Buffer | Buffer[], options: ReadOptions = {}): Promise<ReadAll> {
  const buffers = Array.isArray(content) ? content : [content];
  const outcomes: Outcome[] = [];
  for await (const batch of readCatalogue(
    { stream: chunksOf(...buffers), name: 'test' },
    { knowledge, ...options },
  )) {
    outcomes.push(...batch.outcomes);
  }
  const read = outcomes.filter((o) => o.kind === 'record');
  return {
    outcomes,
    read,
    refused: outcomes.filter((o) => o.kind === 'refused'),
    file: outcomes.flatMap((o) => (o.kind === 'notice' ? [o.notice.code] : [])),
    ids: read.map((r) => r.bib.id),
  };
}

/** Codes of what was said of a record. */
export function codes(record: ReadRecord | undefined): string[] {
  return record?.warnings.map((w) => w.code) ?? [];
}
