import type { MapMarc } from '../mapping/marc-to-bib.js';
import type { Frame, Framer } from './frame.js';
import type { ParsedRecord } from './iso2709-record.js';
import { subfield, type MarcRecord } from './marc-record.js';
import { notice } from './notices.js';
import { keptRaw, type Outcome } from './outcome.js';

const BATCH = 200;

/** How one MARC serialisation is cut into records and how one of them is read. */
export interface MarcFormat {
  framer: Framer;
  parse: (frame: Frame) => ParsedRecord;
}

/** Reads a stream of MARC records: outcomes of up to 200 records at a time, numbered from `firstIndex`. */
export async function* framedRecords(
  chunks: AsyncIterable<Buffer>,
  { framer, parse }: MarcFormat,
  map: MapMarc,
  firstIndex: number,
): AsyncGenerator<Outcome[]> {
  let index = firstIndex;
  function* outcomes(frames: Frame[]): Generator<Outcome[]> {
    for (let from = 0; from < frames.length; from += BATCH) {
      yield frames.slice(from, from + BATCH).map((frame) => frameOutcome(frame, index++, parse, map));
    }
  }
  for await (const chunk of chunks) yield* outcomes(framer.push(chunk));
  yield* outcomes(framer.end());
  const remarks = framer.remarks().map((code): Outcome => ({ kind: 'notice', notice: notice(code) }));
  if (remarks.length > 0) yield remarks;
}

/** What became of one record. */
export function frameOutcome(
  frame: Frame,
  index: number,
  parse: MarcFormat['parse'],
  map: MapMarc,
): Exclude<Outcome, { kind: 'notice' }> {
  const place = { index, offset: frame.offset, length: frame.bytes.length };
  const parsed = frame.refused === undefined ? parse(frame) : { refusal: notice(frame.refused) };
  if ('refusal' in parsed) {
    const named = parsed.record === undefined ? {} : namedAs(parsed.record);
    return { kind: 'refused', ...place, ...named, reason: parsed.refusal, raw: keptRaw(frame.bytes) };
  }
  const { bib, notices } = map(parsed.record);
  const warnings = parsed.notices;
  const raw = warnings.length === 0 ? {} : { raw: keptRaw(frame.bytes) };
  return { kind: 'record', ...place, bib, warnings, remarks: notices, ...raw };
}

function namedAs(record: MarcRecord): { id?: string; title?: string } {
  const id = record.fields.find((f) => f.tag === '001')?.value.trim();
  const title = ['245', '200', '100', '110', '111', '130', '150', '151']
    .map((tag) =>
      subfield(
        record.fields.find((f) => f.tag === tag),
        'a',
      ),
    )
    .find((text) => text !== undefined);
  return { ...(id && { id }), ...(title !== undefined && { title }) };
}
