import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programDir } from '../../server/config.js';
import { setUpSource } from '../../server/test/e2e/ils-sources.js';
import type { Known } from './generate.js';

/** The sample catalogue as a Koha would export it: each record bears a number of that system. */
export interface NumberedLibrary extends Known {
  file: string;
  /** Ids in the catalogue, the first has Koha's number 1. */
  ids: string[];
}

/** Writes the sample catalogue with a field 999 in each record. */
export function numberSample(folder: string): NumberedLibrary {
  const sample = readFileSync(join(programDir, 'data/sample.mrc'));
  const file = join(folder, 'numbered.mrc');
  const records: Buffer[] = [];
  const known: NumberedLibrary = { file, ids: [], titles: [], authors: [], subjects: [], words: [] };
  for (let at = 0; at < sample.length;) {
    const length = Number(sample.toString('latin1', at, at + 5));
    const record = sample.subarray(at, at + length);
    const fields = fieldsOf(record);
    const all = (tag: string): string[] =>
      fields.filter((field) => field.tag === tag).flatMap(({ text }) => firstSubfield(text) ?? []);
    known.ids.push(fields.find(({ tag }) => tag === '001')?.text.trim() ?? '');
    known.titles.push(...all('245'));
    known.authors.push(...all('100'));
    known.subjects.push(...all('650'));
    records.push(withNumber(record, known.ids.length));
    at += length;
  }
  const words = known.titles.flatMap((title) => title.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
  known.words.push(...new Set(words));
  writeFileSync(file, Buffer.concat(records));
  return known;
}

/** Imports it with the product's own command, and sets the Koha up that is behind it. */
export async function openLibrary(dataDir: string, file: string, url: string): Promise<void> {
  const child = spawn(process.execPath, [join(programDir, 'dist/server/cli.js'), 'import', file, '--quiet'], {
    env: { PATH: process.env.PATH, CARREL_DATA: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`carrel import ended with ${code}`);
  await setUpSource(dataDir, 'koha', { url, client_id: 'carrel-client', client_secret: 'carrel-secret' });
}

function fieldsOf(record: Buffer): { tag: string; text: string }[] {
  const base = Number(record.toString('latin1', 12, 17));
  const fields: { tag: string; text: string }[] = [];
  for (let at = 24; at < base - 1; at += 12) {
    const [length, start] = [
      record.toString('latin1', at + 3, at + 7),
      record.toString('latin1', at + 7, at + 12),
    ];
    const from = base + Number(start);
    const text = record.toString('utf8', from, from + Number(length) - 1);
    fields.push({ tag: record.toString('latin1', at, at + 3), text });
  }
  return fields;
}

const firstSubfield = (text: string): string | undefined =>
  text
    .split('\x1f')
    .find((part) => part.startsWith('a'))
    ?.slice(1)
    .replace(/[\s/:;,.]+$/, '');

/** The same record with Koha's number in 999 $c. */
function withNumber(record: Buffer, number: number): Buffer {
  const base = Number(record.toString('latin1', 12, 17));
  const data = record.subarray(base, record.length - 1);
  const field = Buffer.from(`  \x1fc${number}\x1fd${number}\x1e`);
  const entry = Buffer.from(`999${pad(field.length, 4)}${pad(data.length, 5)}\x1e`);
  const head = Buffer.concat([record.subarray(0, base - 1), entry]);
  head.write(pad(record.length + 12 + field.length, 5), 0, 'latin1');
  head.write(pad(base + 12, 5), 12, 'latin1');
  return Buffer.concat([head, data, field, Buffer.from('\x1d')]);
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');
