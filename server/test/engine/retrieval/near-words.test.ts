import t from 'tap';
import { editDistance } from '../../../lib/edit-distance.js';
import { createNearWords } from '../../../engine/retrieval/near-words.js';

t.test('every word within the distance is found, as a plain comparison of all finds it', (t) => {
  const letters = 'abcdeё中';
  let seed = 7;
  const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const word = () => Array.from({ length: 1 + next(9) }, () => letters[next(letters.length)]).join('');
  const words = [...new Set(Array.from({ length: 3000 }, word))];
  const index = createNearWords(words);
  for (let round = 0; round < 60; round++) {
    const asked = round % 2 === 0 ? word() : (words[next(words.length)] ?? '');
    for (const most of [1, 2]) {
      const want = words
        .map((one) => ({ word: one, distance: editDistance(asked, one, most) }))
        .filter(({ distance }) => distance > 0 && distance <= most);
      const got = index.near(asked, most);
      const order = (a: { word: string }, b: { word: string }) => (a.word < b.word ? -1 : 1);
      t.strictSame(got.sort(order), want.sort(order), `${asked} within ${most}`);
    }
  }
  t.end();
});

t.test('letters that change places are one error, and a word is not near itself', (t) => {
  const index = createNearWords(['shakespeare', 'whale', 'whales', 'while']);
  t.strictSame(index.near('whlae', 1), [{ word: 'whale', distance: 1 }]);
  t.strictSame(
    index.near('whale', 1).map(({ word }) => word),
    ['while', 'whales'],
  );
  t.strictSame(index.near('zzzzz', 2), []);
  t.strictSame(createNearWords([]).near('any', 2), []);
  t.end();
});
