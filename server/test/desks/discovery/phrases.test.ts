import t from 'tap';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFollowups } from '../../../desks/discovery/followups.js';
import { readPhrases } from '../../../desks/discovery/phrases.js';
import { createWording } from '../../../desks/discovery/wording.js';
import { createFakeCatalogue, lighthouseBooks } from '../../fakes/bibs.js';
import { dataDir, followups, phrases } from '../../fakes/desk.js';
import { createFakeSearch } from '../../fakes/search.js';
import { limitsOf } from '../../../desks/discovery/limits.js';

const places = (value: unknown, at = ''): Map<string, string> => {
  if (typeof value === 'string') {
    return new Map([
      [
        at,
        [...value.matchAll(/\{(\w+)\}/g)]
          .map((m) => (m[1] ?? '').toLowerCase())
          .sort()
          .join(' '),
      ],
    ]);
  }
  const inner = Object.entries(value as object).flatMap(([key, one]) => [...places(one, `${at}.${key}`)]);
  return new Map(inner);
};

t.test('every sentence stands in every language, with the same places to fill', (t) => {
  const [enPlaces, esPlaces] = [
    places({ ...phrases.en, examples: [], plain_headings: [] }),
    places({ ...phrases.es, examples: [], plain_headings: [] }),
  ];
  t.same([...esPlaces.keys()], [...enPlaces.keys()]);
  for (const [at, wanted] of enPlaces) {
    const isPlural = /\.(one|other)$/.test(at);
    // "One" and "{Count}" are the same thing said twice; all else must be filled in both.
    const told = new Set((esPlaces.get(at) ?? '').split(' ').filter((place) => place !== 'branches'));
    const asked = new Set(wanted.split(' ').filter((place) => place !== 'branches'));
    if (!isPlural) t.same(told, asked, at);
  }
  t.end();
});

t.test('no sentence shouts, and none claims to feel', (t) => {
  for (const file of ['en', 'es']) {
    const text = readFileSync(join(dataDir, 'phrases', `${file}.yaml`), 'utf8').replace(/#.*$/gm, '');
    t.notMatch(text, /!|¡|happy to|I think|amazing|encantad/i);
  }
  t.end();
});

t.test('in Spanish the desk says tú, as the page does', (t) => {
  const said = [
    ...JSON.stringify(phrases.es)
      .toLowerCase()
      .matchAll(/\p{L}+/gu),
  ].map(([word]) => word);
  const formal = ['usted', 'le', 'les', 'busque', 'diga', 'dígame', 'enséñeme', 'mire', 'pregunte', 'afine'];
  t.same(
    formal.filter((word) => said.includes(word)),
    [],
  );
  t.ok(said.includes('te') && said.includes('tu'));
  t.end();
});

t.test('every follow-up that is offered is understood', async (t) => {
  const search = createFakeSearch(createFakeCatalogue(lighthouseBooks()));
  for (const locale of ['en', 'es'] as const) {
    for (const [id, line] of Object.entries(phrases[locale].suggest)) {
      if (id === 'language') {
        const text = line.replace('{language}', locale === 'en' ? 'Spanish' : 'español');
        const { intent } = await search.search(
          { text, locale, offset: 0, limit: 1 },
          { signal: new AbortController().signal },
        );
        t.ok(limitsOf(intent, followups[locale]), text);
        continue;
      }
      const reading = followups[locale].read(line, []);
      t.ok(reading.talk !== undefined || (reading.acts.length === 1 && reading.rest === ''), line);
    }
  }
});

t.test('a missing sentence or a misspelt one stops the start and is named', (t) => {
  const dir = t.testdir({ phrases: {}, followups: {} });
  mkdirSync(join(dir, 'phrases'), { recursive: true });
  const text = readFileSync(join(dataDir, 'phrases/en.yaml'), 'utf8');
  writeFileSync(join(dir, 'phrases/en.yaml'), text.replace(/^back: .*$/m, 'bakc: Back.'));
  t.throws(() => readPhrases(dir), /en\.yaml[\s\S]*back/);
  const rules = readFileSync(join(dataDir, 'followups/en.yaml'), 'utf8');
  writeFileSync(join(dir, 'followups/en.yaml'), rules.replace('  shorter:', '  shortre:'));
  t.throws(() => readFollowups(dir), /en\.yaml[\s\S]*shortre/);
  t.end();
});

t.test('limits are said as a person would say them', (t) => {
  const names: Record<string, string> = { HARB: 'Harbour Street' };
  const en = createWording('en', phrases.en, {
    branchName: (id) => names[id] ?? id,
    timeZone: 'UTC',
    now: () => Date.parse('2026-03-04T20:00:00Z'),
  });
  const es = createWording('es', phrases.es, { branchName: (id) => names[id] ?? id, timeZone: 'UTC' });
  t.equal(
    en.limits({ languages: ['spa'], age: 10, pages: { max: 200 }, branch: 'HARB' }),
    ' in Spanish for age 10 of at most 200 pages',
  );
  t.equal(en.limits({ author: 'Marsh, Edith', series: 'Rock' }), ' by Edith Marsh from the series Rock');
  t.equal(
    en.limits({ audiences: ['children'], years: { min: 2000, max: 2010 } }),
    ' for children from 2000 to 2010',
  );
  t.equal(en.limits({ years: { min: 1999, max: 1999 }, branch: 'HARB' }), ' from 1999 at Harbour Street');
  t.equal(
    en.limits({ years: { min: 1999 }, pages: { min: 300 } }),
    ' of 300 pages or more from 1999 or later',
  );
  t.equal(
    en.limits({ years: { max: 1950 }, pages: { min: 100, max: 200 } }),
    ' of 100 to 200 pages from 1950 or earlier',
  );
  t.equal(en.limits({ pages: {}, languages: [] }), '');
  t.equal(es.limits({ languages: ['wel', 'eng'] }), ' en galés e inglés');
  t.equal(en.language('und'), 'und');
  t.equal(en.time('2026-03-04T14:02:00Z'), '14:02');
  t.equal(en.time('2026-03-03T14:02:00Z'), '14:02, 3 March', 'yesterday’s time is not taken for today’s');
  t.equal(es.date('2026-03-04T14:02:00Z'), '4 de marzo');
  t.equal(en.number(13), '13');
  t.throws(() => en.fill('{absent}'), /absent/);
  t.end();
});
