import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { buildSample } from '../../../scripts/sample/build.js';
import { isIsbn13, loadSample, repositoryRoot } from '../../../scripts/sample/load.js';
import { type ReadField, type ReadRecord, readRecords } from './read-iso2709.js';

const source = loadSample();
const bytes = readFileSync(join(repositoryRoot(), 'data', 'sample.mrc'));
const records = readRecords(bytes);

const all = (fields: readonly ReadField[], tag: string): ReadField[] => fields.filter((f) => f.tag === tag);
const first = (field: ReadField | undefined, code: string): string =>
  field?.subfields.find(([c]) => c === code)?.[1] ?? '';
const id = ({ fields }: ReadRecord): string => all(fields, '001')[0]?.value ?? '';

t.test('the file is what the script would write', (t) => {
  t.ok(buildSample(source).equals(bytes), 'run `node dist/scripts/make-sample.js` after changing the YAML');
  t.equal(records.length, source.works.length);
  t.ok(records.length >= 430);
  t.equal(new Set(records.map(id)).size, records.length, 'ids are unique');
  t.end();
});

t.test('every record keeps the fixed shape of MARC 21', (t) => {
  const odd = records.filter(({ leader, fields }) => {
    const fixed = all(fields, '008')[0]?.value ?? '';
    const tags = fields.map((f) => f.tag).filter((tag) => tag < '880');
    const ordered = tags.join() === [...tags].sort().join();
    const shaped = fixed.length === 40 && /^\d{5}n[a-z]{2} a22\d{5} i 4500$/.test(leader);
    return !shaped || !ordered || all(fields, '245').length !== 1;
  });
  t.same(odd.map(id), []);
  t.end();
});

t.test('no person is half a name that a comma in the YAML has parted', (t) => {
  const persons = records.flatMap(({ fields }) => [...all(fields, '100'), ...all(fields, '700')]);
  const bare = persons.filter((f) => f.subfields.every(([code]) => code === 'a' || code === 'e'));
  const names = bare.map((f) => first(f, 'a').replace(/,$/, '')).filter((name) => !name.includes(','));
  t.same([...new Set(names)].sort(), ['Homer', 'Laozi']);
  const rain = records.find(({ fields }) =>
    first(all(fields, '245')[0], 'a').startsWith("Singin' in the rain"),
  );
  t.match(rain && all(rain.fields, '700').map((f) => first(f, 'a')), ['Kelly, Gene,']);
  t.end();
});

t.test('patrons of many languages find something', (t) => {
  const counts = new Map<string, number>();
  for (const { fields } of records) {
    const code = (all(fields, '008')[0]?.value ?? '').slice(35, 38);
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  for (const code of 'eng spa fre ger por ita chi jpn ara rus heb kor pol vie hin'.split(' ')) {
    t.ok((counts.get(code) ?? 0) >= 4, code);
  }
  t.ok((counts.get('spa') ?? 0) >= 40);
  t.end();
});

t.test('every record but the named oddity says what it is about', (t) => {
  const silent = records.filter(({ fields }) => all(fields, '520').length === 0);
  t.same(
    silent.map(({ fields }) => first(all(fields, '245')[0], 'a')),
    ['Finnegans wake /'],
  );
  t.end();
});

t.test('ISBN check digits hold', (t) => {
  const isbns = records.flatMap(({ fields }) => all(fields, '020').map((f) => first(f, 'a')));
  t.ok(isbns.length >= 60);
  t.same(
    isbns.filter((isbn) => !isIsbn13(isbn)),
    [],
  );
  t.equal(new Set(isbns).size, isbns.length, 'no ISBN stands on two records');
  t.end();
});

t.test('copies stand in the four branches, online works have a link instead', (t) => {
  const items = records.flatMap(({ fields }) => all(fields, '952'));
  t.same([...new Set(items.map((f) => first(f, 'a')))].sort(), source.branches.map((b) => b.code).sort());
  t.equal(new Set(items.map((f) => first(f, 'p'))).size, items.length, 'barcodes are unique');
  const odd = records.filter(({ fields }) => {
    const copies = all(fields, '952').length;
    return all(fields, '856').length > 0 ? copies !== 0 : copies < 1 || copies > 4;
  });
  t.same(odd.map(id), []);
  t.end();
});

t.test('every 880 and its partner name each other', (t) => {
  const unpaired = records.filter(({ fields }) => {
    const linked = fields.filter((f) => f.tag !== '880' && f.subfields.some(([code]) => code === '6'));
    const there = linked.map((f) => `${f.tag}-${first(f, '6').slice(4)}`);
    const back = all(fields, '880').map((f) => first(f, '6').slice(0, 6));
    return there.join() !== back.join();
  });
  t.same(unpaired.map(id), []);
  t.ok(records.flatMap(({ fields }) => all(fields, '880')).length >= 80);
  const scripted = 'chi jpn ara rus ukr heb kor hin per'.split(' ');
  const romanOnly = records.filter(({ fields }) => {
    const language = (all(fields, '008')[0]?.value ?? '').slice(35, 38);
    return scripted.includes(language) && all(fields, '880').length === 0;
  });
  t.same(romanOnly.map(id), [], 'each has its own script');
  t.end();
});

t.test('volumes of a series stand in order', (t) => {
  const series = new Map<string, number[]>();
  for (const { fields } of records) {
    for (const field of [...all(fields, '800'), ...all(fields, '830')]) {
      const volume = Number.parseInt(first(field, 'v'), 10);
      if (Number.isNaN(volume) || all(fields, '007')[0]?.value !== 'ta') continue;
      const name = `${first(field, 'a')} ${first(field, 't')} ${(all(fields, '008')[0]?.value ?? '').slice(35, 38)}`;
      series.set(name, [...(series.get(name) ?? []), volume]);
    }
  }
  for (const [name, volumes] of series) {
    t.same(
      volumes,
      [...volumes].sort((a, b) => a - b),
      name,
    );
  }
  const complete = [...series.values()].filter((volumes) => volumes.slice(0, 3).join() === '1,2,3');
  t.ok(complete.length >= 20, `${complete.length} series have their first three volumes`);
  t.end();
});

t.test('bad data is one sentence with the file and the title', (t) => {
  const folder = t.testdir();
  for (const file of ['branches.yaml', 'publishers.yaml']) {
    copyFileSync(join(repositoryRoot(), 'data', 'sample', file), join(folder, file));
  }
  const work = (more: string): string =>
    `{ id: cs0001, title: Emma, language: eng, fiction: true, year: 1815, location: Fiction, genres: Novels, ${more} }`;
  const refused = (more: string, message: string): void => {
    writeFileSync(join(folder, 'novels.yaml'), `shelf: Novels\nworks:\n- ${work(more)}\n`);
    t.throws(() => loadSample(folder), { message });
  };
  refused('call: FIC AUS, items: MAIN XXXX', 'novels.yaml, "Emma": there is no branch XXXX.');
  refused('call: FIC AUS', 'novels.yaml, "Emma": a call number and items are needed.');
  refused('format: e-book', 'novels.yaml, "Emma": an online work needs a link.');
  refused(
    'call: FIC AUS, items: MAIN, isbn: "9780141439581"',
    'novels.yaml, "Emma": 9780141439581 is not a valid ISBN-13.',
  );
  refused(
    'call: FIC AUS, items: MAIN, narrator: [Stevenson, Juliet]',
    'novels.yaml, "Emma": "Stevenson" is half a name: write "Surname, Forename" in quotes.',
  );
  refused(
    'call: FIC AUS, items: MAIN, original: Emma',
    'novels.yaml, "Emma": original: write the original as "Title (lang)".',
  );
  writeFileSync(join(folder, 'novels.yaml'), 'works: [');
  t.throws(() => loadSample(folder), { message: /^novels\.yaml: this is not readable YAML/ });
  t.end();
});
