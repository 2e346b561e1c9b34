import { createMarcMapper } from '../mapping/marc-to-bib.js';
import { readMarcKnowledge } from '../mapping/knowledge.js';
import { framedRecords, frameOutcome, type MarcFormat } from './framed-records.js';
import { createFramer } from './iso2709-frames.js';
import { parseIso2709 } from './iso2709-record.js';
import type { FileFormat, Outcome, ReadBatch } from './outcome.js';
import { sniffFormat } from './sniff.js';
import { openSource, type CatalogueSource } from './source.js';

export interface ReadOptions {
  /** Name of an item profile in data/knowledge/marc/item-profiles.yaml; found out per record when absent. */
  profile?: string;
  /** For tables: column header -> field, as in columns.yaml; "-" leaves a column out. Stronger than what was found. */
  csvMapping?: Record<string, string>;
  /** Goes on at a record whose place is known; a plain ISO 2709 file is entered at `offset`, others are read up to it. */
  resume?: { index: number; offset: number };
  signal?: AbortSignal;
}

const HEAD = 64 * 1024;

/**
 * Reads any catalogue file that Carrel knows - ISO 2709, MARCXML, MARC-in-JSON, CSV or TSV, gzipped or not, told apart
 * by content - as Bibs, in batches of up to 200. Damaged records are repaired or refused one by one; memory does not
 * grow with the file. Throws `file_unreadable` when the file is no catalogue, and the signal's reason when aborted.
 */
export async function* readCatalogue(
  source: CatalogueSource,
  { profile, resume, signal }: ReadOptions = {},
): AsyncGenerator<ReadBatch> {
  const map = createMarcMapper(readMarcKnowledge(), { profile });
  let open = await openSource(source);
  try {
    const { head, chunks } = await peek(open.chunks);
    const format = sniffFormat(head);
    let bytes = chunks;
    let start = { index: 0, offset: 0 };
    if (resume !== undefined && format === 'iso2709' && 'path' in source && !open.isCompressed) {
      open.close();
      open = await openSource(source, resume.offset);
      bytes = open.chunks;
      start = resume;
    }
    const skipBelow = resume?.index ?? 0;
    for await (const all of framedRecords(bytes, marcFormat(format, start.offset), map, start.index)) {
      signal?.throwIfAborted();
      const outcomes = all.filter((o) => o.kind === 'notice' || o.index >= skipBelow);
      const { totalBytes } = open;
      yield {
        format,
        outcomes,
        progress: { bytesRead: open.bytesRead(), ...(totalBytes !== undefined && { totalBytes }) },
      };
    }
  } finally {
    open.close();
  }
}

function marcFormat(format: FileFormat, offset: number): MarcFormat {
  switch (format) {
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

/** Reads the bytes of one record again, as kept in the quarantine. Never throws for what the bytes hold. */
export function parseRecord(
  bytes: Buffer,
  { profile }: Pick<ReadOptions, 'profile'> = {},
): Exclude<Outcome, { kind: 'notice' }> {
  const map = createMarcMapper(readMarcKnowledge(), { profile });
  const { framer, parse } = marcFormat('iso2709', 0);
  const frame = [...framer.push(bytes), ...framer.end()][0] ?? {
    offset: 0,
    bytes,
    refused: 'not_a_record' as const,
  };
  return frameOutcome(frame, 0, parse, map);
}
