import type { SeriesEntry } from '../../../contract/record.js';
import { subfieldTexts, type MarcField } from '../formats/marc-record.js';
import { joined, plainText } from './punctuation.js';
import type { RecordFields } from './record-fields.js';

const traced: readonly (readonly [tag: string, codes: string])[] = [
  ['800', 'tnp'],
  ['810', 'tnp'],
  ['811', 'tnp'],
  ['830', 'anp'],
];

/** Series of a record: traced forms (8XX) first, then 490 and 440 that no 8XX stands for; volumes as catalogued. */
export function readSeries(record: RecordFields): SeriesEntry[] {
  const series: SeriesEntry[] = [];
  const controlled = traced.flatMap(([tag, codes]) => record.all(tag).flatMap((f) => entries(f, codes)));
  const transcribed = [
    ...record.all('490').flatMap((f) => entries(f, 'a').map((e) => ({ ...e, isTraced: f.ind1 === '1' }))),
    ...record.all('440').flatMap((f) => entries(f, 'anp').map((e) => ({ ...e, isTraced: false }))),
  ];
  for (const entry of controlled) {
    // A traced form without its volume: the transcribed one often has it.
    const same =
      transcribed.find((t) => key(t.name) === key(entry.name)) ?? transcribed.find((t) => t.isTraced);
    const volume = entry.volume ?? (controlled.length === 1 ? same?.volume : undefined);
    add(series, { name: entry.name, ...(volume !== undefined && { volume }) });
  }
  for (const { name, volume, isTraced } of transcribed) {
    if (isTraced && controlled.length > 0) continue;
    add(series, { name, ...(volume !== undefined && { volume }) });
  }
  return series;
}

function add(series: SeriesEntry[], entry: SeriesEntry): void {
  const same = series.find((s) => key(s.name) === key(entry.name));
  if (same === undefined) series.push(entry);
  else if (same.volume === undefined && entry.volume !== undefined) same.volume = entry.volume;
}

function key(name: string): string {
  return name.toLowerCase().replace(/^(the|a|an|el|la|los|las|le|les|der|die|das)\s+/, '');
}

/** Names and volumes of a field; 490 may repeat $a, each with its own $v. */
function entries(field: MarcField, codes: string): SeriesEntry[] {
  if (codes !== 'a') return entry(joined(subfieldTexts(field, codes)), joined(subfieldTexts(field, 'v')));
  const found: SeriesEntry[] = [];
  let name = '';
  let volume = '';
  for (const s of field.subfields) {
    if (s.code === 'a') {
      found.push(...entry(name, volume));
      name = s.text;
      volume = '';
    } else if (s.code === 'v') volume = s.text;
  }
  return [...found, ...entry(name, volume)];
}

function entry(rawName: string, rawVolume: string): SeriesEntry[] {
  let name = plainText(rawName).replace(/^\[|\]$/g, '');
  let volume = plainText(rawVolume).replace(/^\[|\]$/g, '');
  // "Narnia ; 2", with the volume typed into the name.
  const typed = volume === '' ? /^(.+?)\s*;\s*([^;]*\d[^;]*)$/.exec(name) : null;
  if (typed !== null) [name, volume] = [plainText(typed[1] ?? ''), typed[2] ?? ''];
  if (name === '') return [];
  return [volume === '' ? { name } : { name, volume }];
}
