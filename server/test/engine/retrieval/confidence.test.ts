import t from 'tap';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { confidenceOf, signalsOf } from '../../../engine/retrieval/confidence.js';
import { mapped, readConfidenceMap, type Signals } from '../../../engine/retrieval/confidence-map.js';
import { calibrationError, fitLogistic, rankingArea, reliability } from '../../../lib/calibration.js';

type Ranking = Parameters<typeof confidenceOf>[0];

const map = readConfidenceMap();
const word = (text: string, more: { unheard?: boolean; stop?: boolean } = {}) => ({
  text,
  at: 0,
  df: 3,
  stop: more.stop ?? false,
  weight: 1,
  words: new Map(more.unheard ? [] : [[text, 1]]),
});
function ranking(first: Partial<Ranking['ranked'][number]>, words = [word('sea'), word('ice')]): Ranking {
  return {
    ranked: [{ row: 1, score: 1, relevance: 0, known: 0, cosine: 0, ...first }],
    plan: {
      list: words.map(({ text }) => text),
      words,
      concepts: [],
      covered: words.map(() => false),
      corrected: [],
      pairs: new Map(),
      descriptive: false,
    },
    relaxed: [],
  };
}
const intent = { text: '', topic: '' };
const sure = (one: Ranking, of = intent) => confidenceOf(one, of, map);

t.test('more of every signal never says less', (t) => {
  const signals: Signals = { named: 0.2, answered: 0.4, only_limits: 0, words: 1, is_theme: false };
  for (const name of ['named', 'answered', 'only_limits', 'words'] as const)
    t.ok(mapped({ ...signals, [name]: signals[name] + 0.3 }, map) >= mapped(signals, map), name);
  t.end();
});

t.test('a named record is sure, half an answer is a guess, nothing is nothing', (t) => {
  t.ok(sure(ranking({ known: 1, relevance: 0.9 })) > 0.95);
  t.ok(sure(ranking({ relevance: 0.95 })) > 0.6);
  t.ok(sure(ranking({ relevance: 0.4 })) < 0.3);
  t.equal(sure({ ...ranking({}), ranked: [] }), 0);
  t.equal(signalsOf({ ...ranking({}), ranked: [] }), undefined);
  t.end();
});

t.test('words that nobody wrote, or that were read as others, are not answered', (t) => {
  const heard = sure(ranking({ relevance: 0.9 }));
  const unheard = sure(ranking({ relevance: 0.9 }, [word('ice'), word('rothfuss', { unheard: true })]));
  t.ok(unheard < 0.3 && heard > unheard);
  const slip = ranking({ relevance: 0.9 });
  slip.plan.corrected = [{ from: 'ise', to: 'ice' }];
  t.ok(sure(slip) < heard);
  const stop = sure(
    ranking({ relevance: 0.9 }, [word('sea'), word('ice'), word('the', { stop: true, unheard: true })]),
  );
  t.equal(stop, heard, 'a word like "the" says nothing');
  t.end();
});

t.test('limits that are met answer; limits let go of weaken any answer', (t) => {
  const only = ranking({}, []);
  t.ok(sure(only) > 0.6);
  const whole = ranking({ known: 1, relevance: 1 });
  const relaxed = { ...whole, relaxed: [{ field: 'languages' }] as unknown as Ranking['relaxed'] };
  t.ok(sure(relaxed) < 0.7 * sure(whole));
  t.end();
});

t.test('a theme answered in part is less of a guess than a title is', (t) => {
  const theme = ranking({ relevance: 0.5 });
  theme.plan.covered = [true, true];
  t.ok(sure(theme) > 0.4 && sure(theme) <= 0.6);
  t.ok(sure(ranking({ relevance: 0.5 })) < 0.4);
  t.end();
});

t.test('likeness to a held book counts by how close the first record is', (t) => {
  const like = { ...intent, like: [{ record_id: 'r1', title: 'Emma' }] };
  t.ok(sure(ranking({ cosine: 0.9 }), like) > 0.8);
  t.ok(sure(ranking({ cosine: 0.1 }), like) < 0.4);
  t.end();
});

t.test('a library’s own map wins, and one that makes no sense is refused', (t) => {
  const dir = t.testdir({});
  mkdirSync(join(dir, 'confidence'));
  const write = (text: string) => writeFileSync(join(dir, 'confidence', 'retrieval.yaml'), text);
  write('base: 0\nweights: { named: 1, answered: 2, only_limits: 3, words: 0 }\n');
  t.match(readConfidenceMap([dir]), { base: 0, weights: { answered: 2 } });
  write('base: 0\nweights: { named: -1, answered: 2, only_limits: 3, words: 0 }\n');
  t.throws(() => readConfidenceMap([dir]));
  t.end();
});

t.test('the measures of calibration', (t) => {
  const even = [0.25, 0.25, 0.25, 0.25].map((stated, at) => ({ stated, isRight: at === 0 }));
  t.equal(calibrationError(even), 0);
  t.equal(rankingArea(even), 0.5, 'ties count half');
  const wrong = [
    { stated: 1, isRight: false },
    { stated: 0, isRight: true },
  ];
  t.equal(calibrationError(wrong), 1);
  t.equal(rankingArea(wrong), 0);
  t.strictSame(reliability(wrong), [
    { from: 0, count: 1, stated: 0, right: 1 },
    { from: 0.9, count: 1, stated: 1, right: 0 },
  ]);
  t.end();
});

t.test('a logistic function is found again from what it made', (t) => {
  const rows = Array.from({ length: 4000 }, (_, at) => {
    const x = ((at * 37) % 100) / 100;
    const noise = ((at * 61) % 101) / 101;
    const chance = 1 / (1 + Math.exp(-(4 * x - 2)));
    return { features: [x, noise, 1 - x], isRight: ((at * 7919) % 4001) / 4001 < chance };
  });
  const { base, weights } = fitLogistic(rows.map((row) => ({ ...row, features: row.features.slice(0, 2) })));
  t.ok(Math.abs(base + 2) < 0.4 && Math.abs((weights[0] ?? 0) - 4) < 0.6, `${base} ${weights.join(' ')}`);
  const [, , against] = fitLogistic(rows).weights;
  t.equal(against, 0, 'no signal may count against an answer');
  t.end();
});
