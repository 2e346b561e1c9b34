import { join } from 'node:path';
import t from 'tap';
import { createGround, type Ground } from '../../../../desks/discovery/model/grounding.js';
import { createSentences } from '../../../../desks/discovery/model/sentences.js';
import type { Bib } from '../../../../engine/catalogue/bib.js';
import { readCatalogue } from '../../../../engine/catalogue/formats/read-catalogue.js';
import { bibOf, about, lighthouseBooks, writtenBy } from '../../../fakes/bibs.js';
import { dataDir, prompts } from '../../../fakes/desk.js';

const languageName = (code: string): string =>
  new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' }).of(code) ?? code;

function groundOf(
  books: readonly Bib[],
  question = 'books about lighthouses',
  found: readonly Bib[] = books,
): Ground {
  return createGround({
    speech: prompts.speech,
    table: new Map(books.map((bib, at) => [at + 1, bib])),
    question,
    found,
    title: (title) => `“${title}”`,
    languageName,
  });
}
const ground = groundOf(lighthouseBooks());

async function sampleBooks(): Promise<Bib[]> {
  const books: Bib[] = [];
  for await (const { outcomes } of readCatalogue({ path: join(dataDir, 'sample.mrc') }))
    for (const outcome of outcomes) if (outcome.kind === 'record') books.push(outcome.bib);
  return books;
}

t.test(
  'a sentence of the records’ own words and of plain ones is said, titles put in for numbers',
  async (t) => {
    const said: [string, string][] = [
      ['[1] is about a quiet year on a rock.', '“The Keeper’s Year” is about a quiet year on a rock.'],
      ['For history, start with [2]!', 'For history, start with “Lamps of the Northern Coast”.'],
      [
        '[3] and [4] share the series Rock Stations.',
        '“Storm Glass” and “The Second Light” share the series Rock Stations.',
      ],
      ['[2] is by Daniel Okafor.', '“Lamps of the Northern Coast” is by Daniel Okafor.'],
      ['[4] is from 2021.', '“The Second Light” is from 2021.'],
      ['[6] is in Spanish.', '“El faro del fin” is in Spanish.'],
      ['These are about lighthouses.', 'These are about lighthouses.'],
      ['[6] es la historia de un faro.', '“El faro del fin” es la historia de un faro.'],
    ];
    for (const [written, shown] of said) t.equal(ground.sentence(written), shown);
  },
);

t.test('a sentence that names, counts, promises or orders anything else is dropped', async (t) => {
  const dropped = [
    // Titles and people.
    'Try The Secret Book.',
    'Storm Keeper is quiet.',
    '“Storm Glass” is quiet.',
    'Read ‘Storm Glass’.',
    'Read *Storm Glass*.',
    'Read _Storm Glass_.',
    'Read 《Storm Glass》.',
    'Agatha Christie wrote about lighthouses.',
    'Zorb wrote about lighthouses.',
    '[2] is by Rosa Bell.',
    '[2] is like Dune.',
    'MARSH wrote of ZORB.',
    'the hidden castle of dr mabuse is quiet',
    '[10] is quiet.',
    '[0] is quiet.',
    '[1][99] are quiet.',
    // Rows of the records' own words that could pass for titles, and pieces of sentences.
    'quiet lighthouse',
    'The keeper of the quiet rock.',
    'Read: the quiet keeper.',
    'Also good: [1] and the quiet keeper of builders.',
    'q u i e t [1]',
    // Several at once.
    'All of these are by Edith Marsh.',
    '[1] and [2] are from 2012.',
    '[2] is by the same author as [1].',
    '[1] was written by the author of [2].',
    '[1] is about a quiet year, and [2] writes down one quiet year.',
    // Turned round, and to the reader.
    '[1] is not quiet.',
    '[1] is never about a lighthouse.',
    'Go to the keeper.',
    'You should see [1].',
    // Numbers.
    '[1] is from 180.',
    '[1] is the third.',
    '[1] is the last in the series.',
    '[1] is part of [2].',
    '[1] comes before [2].',
    '[1] is better than [2].',
    'Someone has [1].',
    '[1] is from 1999.',
    '[2] has 412 pages.',
    'There are nine books about lighthouses.',
    'Three of these are quiet.',
    'Hay tres libros de lighthouses.',
    '[1] is from the year Ⅻ.',
    // What only the library's system may say.
    '[1] is available.',
    '[1] is here.',
    '[1] is out.',
    'We are open.',
    '[1] is the best book.',
    '[1] is on the shelf.',
    'You can reserve [1].',
    'There is a copy of [1].',
    '[1] está disponible.',
    'The library is open until nine.',
    'Opening hours are long.',
    'The fee is small.',
    // Ways out.
    'See www.example.org about lighthouses.',
    'See https://example.org.',
    'Write to a@b.org.',
    'Call 555 0199.',
    // Itself.
    'As an AI, choose lighthouses.',
    'I loved [1].',
    'I have read [1].',
    'My instructions say lighthouses.',
    'Ignore the list.',
    // Other markup, other things.
    '<b>[1]</b>',
    '[1] `quiet`',
    '[1] # quiet',
    '[1] is quiet 🙂.',
    '[1](quiet)',
    '❝quiet❞ [1]',
    '[1] is quiet → rock',
    '【quiet】 [1]',
    'quiet\u200B lighthouse',
    '\u202Eteiuq si [1]',
    '[1] suits gardeners, plumbers and astronauts.',
    '[3] is quiet.',
    '[9] is the shortest and warmest.',
    '',
    '...',
    `[1] ${'quiet '.repeat(80)}`,
  ];
  for (const written of dropped) t.equal(ground.sentence(written), undefined, written.slice(0, 60));
});

t.test('what is said of one book must stand in that book’s record', async (t) => {
  t.ok(ground.sentence('[2] is a history of builders.'));
  t.equal(ground.sentence('[9] is a history of lighthouse builders and keepers.'), undefined);
  t.equal(ground.sentence('[1] is from 2012.'), undefined, 'the year of another book');
  t.equal(ground.sentence('[1] is by Daniel Okafor.'), undefined, 'the author of another book');
});

t.test('a “not” is said where the record says it of the same word, and never left out', async (t) => {
  const told = groundOf([
    bibOf('n', 'Night Watch', {
      summary: 'A keeper hears wolves. Not for children. The keeper is alone, and the wolves are not alone.',
      subjects: about('Lighthouses'),
    }),
  ]);
  t.ok(told.sentence('[1] is not for children.'));
  t.ok(told.sentence('[1] is about wolves.'));
  for (const written of [
    '[1] is for children.',
    '[1] is not about wolves.',
    '[1] has no keeper.',
    '[1] is never alone.',
  ])
    t.equal(told.sentence(written), undefined, written);
  const [one] = lighthouseBooks() as [Bib];
  t.equal(ground.why('Not one quiet year', one), undefined);
});

t.test('beside “by” and “wrote” only an author’s name may stand', async (t) => {
  const told = groundOf([
    bibOf('p', 'A case', {
      contributors: writtenBy('Bell, Rosa'),
      subjects: about('Holmes, Sherlock (Fictitious character) -- Fiction'),
    }),
  ]);
  t.ok(told.sentence('[1] is by Rosa Bell.'));
  t.ok(told.sentence('[1] is a case of Sherlock Holmes.'));
  for (const written of [
    '[1] was written by Sherlock Holmes.',
    'Sherlock Holmes wrote [1].',
    '[1] es de autor Sherlock Holmes.',
  ])
    t.equal(told.sentence(written), undefined, written);
});

t.test('of a summary’s names only places in its own words are said', async (t) => {
  const summary =
    "A detective walks in the woods of a Quebec village, in the town of King's Abbot. A Dune novel for fans of Emma.";
  const told = groundOf([bibOf('q', 'Still', { summary })]);
  t.ok(told.sentence('[1] is set in the woods of a Quebec village.'));
  t.ok(told.sentence('[1] is set in the town of King’s Abbot.'), 'whatever the apostrophe');
  for (const written of [
    '[1] is a Dune novel.',
    '[1] is for fans of Emma.',
    '[1] is set in Quebec.',
    '[1] is a Quebec town.',
  ])
    t.equal(told.sentence(written), undefined, written);
});

t.test('what a record says in codes may be said in words', async (t) => {
  const told = groundOf([
    bibOf('t', 'Kites', { audience: 'teen', fiction: true, subjects: about('Kites') }),
    bibOf('f', 'Kite lore', { audience: 'adult', fiction: false, subjects: about('Kites') }),
  ]);
  for (const written of [
    '[1] is a novel for teenagers.',
    '[2] is for adults.',
    '[1] es una novela juvenil.',
    'Both are about kites.',
  ])
    t.ok(told.sentence(written), written);
  for (const written of [
    '[2] is a novel about kites.',
    '[1] is for adults.',
    'Both are novels about teenagers and adults.',
  ])
    t.equal(told.sentence(written), undefined, written);
});

t.test('a small model’s good sentences reach the patron more often than not', async (t) => {
  const books = (await sampleBooks()).filter((bib) =>
    /grief|dinosaur/iu.test(bib.subjects.map((one) => one.text).join(' ')),
  );
  const at = (title: string): Bib => books.find((bib) => bib.title.text.startsWith(title)) as Bib;
  const told = groundOf(
    [at('The heart and'), at('Michael Rosen'), at('Bridge to'), at('Dinosaurs before'), at('National')],
    '',
    books,
  );
  const written = [
    '[1] is a picture book that helps a child talk about someone who has died.',
    '[2] is honest, and comforting to children and adults alike.',
    '[3] is sad and strengthening.',
    '[4] is an easy chapter book about time travel.',
    '[5] is a first fact book in simple words.',
    'For younger children start with [1].',
    '[1] and [3] are about grief.',
    'If you want something longer, try [3].',
  ];
  t.ok(written.filter((sentence) => told.sentence(sentence)).length >= 6);
});

t.test('the question’s own words prove nothing', async (t) => {
  const asked = groundOf(lighthouseBooks(), 'do you have the lost atlas of zorb or Invented Title?');
  for (const written of [
    'Invented Title is quiet.',
    'the lost atlas of zorb is a quiet book',
    '[1] is like Zorb.',
  ])
    t.equal(asked.sentence(written), undefined);
});

t.test('scripts without capitals: only what titles, names and headings hold', async (t) => {
  const chinese = groundOf([
    bibOf('c', '灯塔的故事', {
      languages: ['chi'],
      contributors: writtenBy('王, 小明'),
      subjects: about('灯塔', '历史'),
      summary: '一个安静的人。',
    }),
  ]);
  t.equal(chinese.sentence('[1]灯塔历史。'), '“灯塔的故事”灯塔历史。');
  for (const written of [
    '[1]是《秘密之书》。',
    '请看秘密之书。',
    '[1]是一个安静的人。',
    '灯塔的香蕉很好吃很好吃。',
  ])
    t.equal(chinese.sentence(written), undefined, written);
});

t.test('a reason is from its own record, and what it quotes stands there letter for letter', async (t) => {
  const [first, second] = lighthouseBooks() as [Bib, Bib];
  t.same(ground.why('a keeper writes down one quiet year', first), {
    why: 'A keeper writes down one quiet year.',
    quotes: ['keeper writes down one quiet year'],
  });
  for (const why of [
    'A history of the lighthouse builders.',
    'A brutal war between pirates and sailors.',
    'By Daniel Okafor.',
    'Written in 1999.',
    'As good as [2].',
    'It is available now.',
    'Great!',
    'A keeper '.repeat(40),
  ])
    t.equal(ground.why(why, first), undefined, why.slice(0, 40));
  t.ok(ground.why('A history of the lighthouse builders.', second));
});

t.test('sentences are whole: initials and marks inside do not end them', async (t) => {
  const sentences = createSentences();
  t.same(sentences.grow('By J. K. Row'), []);
  t.same(sentences.grow('By J. K. Rowling. Then Dr. Wat'), ['By J. K. Rowling.']);
  t.same(sentences.grow('By J. K. Rowling. Then Dr. Watson… and on? Ye'), ['Then Dr. Watson…', 'and on?']);
  t.same(sentences.rest('By J. K. Rowling. Then Dr. Watson… and on? Yes'), ['Yes']);
  t.same(createSentences().rest('灯塔。历史！\nEnd'), ['灯塔。', '历史！', 'End']);
});

t.test('measured on the sample: reasons from a record pass, reasons from another do not', async (t) => {
  const books = (await sampleBooks()).filter((bib) => bib.summary !== undefined);
  const sentencesOf = (bib: Bib): string[] => createSentences().rest(bib.summary ?? '');
  const rate = (ofOther: boolean): number => {
    let all = 0;
    let passed = 0;
    books.forEach((bib, at) => {
      const told = groundOf([bib], '', books.slice(at, at + 20));
      for (const sentence of sentencesOf(ofOther ? (books[(at + 37) % books.length] as Bib) : bib)) {
        all += 1;
        if (told.why(sentence, bib)) passed += 1;
      }
    });
    return passed / all;
  };
  t.ok(books.length > 500);
  t.ok(rate(false) > 0.4, 'sentences without names and figures of a record’s own summary');
  t.ok(rate(true) < 0.003, 'almost none of another’s');
});
