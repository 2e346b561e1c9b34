import { createMarcMapper } from '../mapping/marc-to-bib.js';
import { readMarcKnowledge, type MarcKnowledge } from '../mapping/knowledge.js';
import { createRowMapper } from '../mapping/table-to-bib.js';
import { framedRecords, frameOutcome, type MarcFormat } from './framed-records.js';
import { createFramer } from './iso2709-frames.js';
import { parseIso2709 } from './iso2709-record.js';
import { createJsonFramer, recordDepth } from './json-frames.js';
import { parseMarcJson } from './marc-json.js';
import { parseMarcXml } from './marcxml.js';
import { notice } from './notices.js';
import type { FileFormat, Outcome, ReadBatch } from './outcome.js';
import { headText, sniffFormat } from './sniff.js';
import { openSource, type CatalogueSource } from './source.js';
import { onlyRow, readLayout, tableRecords } from './table.js';
import { createXmlFramer } from './xml-frames.js';
import { utf8Chunks, xmlDecoder } from './xml-encoding.js';

export interface ReadOptions {
  /** Name of an item profile in data/knowledge/marc/item-profiles.yaml; found out per record when absent. */
  profile?: string;
  /** For tables: column header -> field, as in columns.yaml; "-" leaves a column out. Stronger than what was found. */
  csvMapping?: Record<string, string>;
  /** Goes on at a record whose place is known; a plain ISO 2709 file is entered at `offset`, others are read up to it. */
  resume?: { index: number; offset: number };
  signal?: AbortSignal;
  /** What data/knowledge/marc holds. Default: it is read once per call, so that edits count from the next import on. */
  knowledge?: MarcKnowledge;
}

type RecordOutcome = Exclude<Outcome, { kind: 'notice' }>;
const HEAD = 64 * 1024;

/**
 * Reads any catalogue file that Carrel knows - ISO 2709, MARCXML, MARC-in-JSON, CSV or TSV, gzipped or not, told apart
 * by content - as Bibs, in batches of up to 200. Damaged records are repaired or refused one by one; memory does not
 * grow with the file. Throws `file_unreadable` when the file is no catalogue, and the signal's reason when aborted.
 */
export async function* readCatalogue(
  source: CatalogueSource,
  { profile, csvMapping, resume, signal, knowledge = readMarcKnowledge() }: ReadOptions = {},
): AsyncGenerator<ReadBatch> {
  let open = await openSource(source);
  try {
    const { head, chunks } = await peek(open.chunks);
    const format = sniffFormat(head);
    const layout = format === 'table' ? readLayout(head, knowledge, csvMapping) : undefined;
    let bytes: AsyncIterable<Buffer> = chunks;
    let start = { index: 0, offset: 0 };
    if (resume !== undefined && format === 'iso2709' && 'path' in source && !open.isCompressed) {
      open.close();
      open = await openSource(source, resume.offset);
      bytes = open.chunks;
      start = resume;
    }
    const batches =
      layout === undefined
        ? marcRecords(format, head, bytes, knowledge, profile, start)
        : tableRecords(bytes, layout, knowledge);
    let columns = layout?.columns;
    for await (const all of batches) {
      signal?.throwIfAborted();
      const outcomes =
        resume === undefined ? all : all.filter((o) => o.kind === 'notice' || o.index >= resume.index);
      yield { format, outcomes, progress: progressOf(open), ...(columns && { columns }) };
      columns = undefined;
    }
    if (open.wasCut())
      yield {
        format,
        outcomes: [{ kind: 'notice', notice: notice('gzip_cut') }],
        progress: progressOf(open),
      };
  } finally {
    open.close();
  }
}

function progressOf({
  bytesRead,
  totalBytes,
}: {
  bytesRead: () => number;
  totalBytes: number | undefined;
}): ReadBatch['progress'] {
  return { bytesRead: bytesRead(), ...(totalBytes !== undefined && { totalBytes }) };
}

async function* marcRecords(
  format: FileFormat,
  head: Buffer,
  chunks: AsyncIterable<Buffer>,
  knowledge: MarcKnowledge,
  profile: string | undefined,
  start: { index: number; offset: number },
): AsyncGenerator<Outcome[]> {
  const map = createMarcMapper(knowledge, { profile });
  const input = format === 'iso2709' ? chunks : utf8Chunks(chunks, head);
  let records = 0;
  let unimarc = 0;
  for await (const outcomes of framedRecords(
    input,
    marcFormat(format, head, start.offset),
    map,
    start.index,
  )) {
    for (const outcome of outcomes) {
      if (outcome.kind !== 'record') continue;
      records++;
      if (outcome.remarks.some((r) => r.code === 'unimarc')) unimarc++;
    }
    yield outcomes;
  }
  if (unimarc > records / 2) yield [{ kind: 'notice', notice: notice('unimarc_file') }];
}

function marcFormat(format: FileFormat, head: Buffer, offset: number): MarcFormat {
  switch (format) {
    case 'marcxml': {
      const decode = xmlDecoder(head);
      return { framer: createXmlFramer(), parse: (frame) => parseMarcXml(frame, decode) };
    }
    case 'marcjson':
      return { framer: createJsonFramer(recordDepth(headText(head).trimStart())), parse: parseMarcJson };
    default:
      return { framer: createFramer(offset), parse: (frame) => parseIso2709(frame.bytes, frame.damage) };
  }
}

/** The first 64 KiB, or all there is, and the same chunks from the beginning. */
async function peek(source: AsyncIterable<Buffer>): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = source[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let size = 0;
  while (size < HEAD) {
    const next = await iterator.next();
    if (next.done) break;
    taken.push(next.value);
    size += next.value.length;
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    yield* taken.splice(0);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(taken).subarray(0, HEAD), chunks: chunks() };
}

/**
 * Reads the bytes of one record again, in whichever format they are, as kept in the quarantine. Throws
 * `file_unreadable` only when they are in none.
 */
export function parseRecord(
  bytes: Buffer,
  {
    profile,
    csvMapping,
    knowledge = readMarcKnowledge(),
  }: Pick<ReadOptions, 'profile' | 'csvMapping' | 'knowledge'> = {},
): RecordOutcome {
  const format = sniffFormat(bytes.subarray(0, HEAD));
  if (format === 'table') {
    const layout = readLayout(bytes, knowledge, csvMapping);
    return onlyRow(bytes.toString('utf8'), layout, createRowMapper(knowledge));
  }
  const { framer, parse } = marcFormat(format, bytes, 0);
  const frames = [...framer.push(bytes), ...framer.end()];
  const frame = frames[0] ?? { offset: 0, bytes, refused: 'not_a_record' as const };
  return frameOutcome(frame, 0, parse, createMarcMapper(knowledge, { profile }));
}
