import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createSimilarQuestions } from '../../../desks/discovery/similar-questions.js';
import type { Found } from '../../../engine/retrieval/search.js';
import { createTestDesk } from '../../fakes/desk.js';
import { busy } from '../../fakes/search.js';

/** Whether the answer to `asked`, with search out of breath, is the one `remembered` got. */
async function standsIn(remembered: string, asked: string, locale: 'en' | 'es' = 'en'): Promise<boolean> {
  const { talk, search } = createTestDesk();
  await talk(locale).say(remembered);
  search.failWith = { full: busy(), wordsOnly: busy() };
  return await talk(locale)
    .say(asked)
    .then(
      (answer) => answer.path === 'similar_question',
      () => false,
    );
}

t.test('a like question stands in while search is out of breath', async (t) => {
  t.ok(await standsIn('lighthouse history', 'quiet lighthouse history'));
  t.ok(await standsIn('lighthouse stories for 9 year olds', 'good lighthouse stories for 9 year olds'));
  t.ok(await standsIn('lighthouse stories without ghosts', 'quiet lighthouse stories without ghosts'));
  t.ok(await standsIn('historia de lighthouse', 'historia tranquila de lighthouse', 'es'));
});

t.test('a question that a negation turns around is not like the one without it', async (t) => {
  const pairs: [string, string][] = [
    ['winter lighthouse stories', 'winter lighthouse stories without ghosts'],
    ['winter lighthouse stories', 'winter lighthouse stories, no ghosts'],
    ['lighthouse history with ghosts not cats', 'lighthouse history with cats not ghosts'],
    ['quiet lighthouse history', 'quiet lighthouse but not history'],
    ['quiet lighthouse history', 'sin quiet lighthouse history'],
  ];
  for (const [remembered, asked] of pairs) t.notOk(await standsIn(remembered, asked), asked);
  t.notOk(await standsIn('cuentos breves lighthouse', 'cuentos breves lighthouse sin miedo', 'es'));
});

t.test('questions that differ in a number, an age or a year are not alike', async (t) => {
  const pairs: [string, string][] = [
    ['lighthouse cat stories for 5 year olds', 'lighthouse cat stories for 9 year olds'],
    ['lighthouse cat stories', 'lighthouse cat stories 1998'],
    ['quiet lighthouse history', 'quiet lighthouse history for toddlers'],
    ['lighthouse war history', 'second lighthouse war history'],
    ['lighthouse stories for year olds', 'lighthouse stories for five year olds'],
  ];
  for (const [remembered, asked] of pairs) t.notOk(await standsIn(remembered, asked), asked);
  t.notOk(await standsIn('cuentos breves lighthouse', 'cuentos breves lighthouse seis', 'es'));
});

t.test('a question past its time leaves memory although nobody asks again', async (t) => {
  let now = 1;
  const similar = createSimilarQuestions({
    isFiller: () => false,
    negates: () => false,
    decides: () => false,
    now: () => now,
    maxAgeMs: 1000,
    maxEntries: 10,
    sweepMs: 5,
  });
  const hit = { id: 'a', score: 1, evidence: [] };
  const found = { intent: { text: '', topic: '' }, hits: [hit] } as unknown as Found;
  similar.remember('s', 'lighthouse history', found);
  now += 999;
  t.equal(similar.find('s', 'lighthouse history'), found);
  now += 2;
  await sleep(30);
  now -= 1000;
  t.equal(similar.find('s', 'lighthouse history'), undefined, 'it is gone, not only hidden');
});
