import t from 'tap';
import type { Evidence } from '../../../engine/retrieval/search.js';
import { createDemoIls } from '../../../engine/ils/demo.js';
import { shieldIls } from '../../../engine/ils/shielded.js';
import {
  about,
  bibOf,
  branches,
  createFakeCatalogue,
  itemOf,
  lighthouseBooks,
  writtenBy,
} from '../../fakes/bibs.js';
import { createTestDesk, phrases } from '../../fakes/desk.js';
import { whyOf, whySimilar } from '../../../desks/discovery/why.js';
import { createWording } from '../../../desks/discovery/wording.js';

const first = 'books about lighthouses';
const summaryOf = (text: string, quote: string) => (): Evidence[] => [
  { field: 'summary', text, quotes: [quote] },
];

t.test('a guess is called a guess, and a librarian is offered', async (t) => {
  const { talk, search } = createTestDesk();
  search.confidence = 0.1;
  search.evidence = summaryOf('a keeper on a lighthouse rock', 'lighthouse');
  const answer = await talk().say(first);
  t.match(
    answer.response_text,
    /^This is a guess: the summary of “The Keeper’s Year” mentions ‘lighthouse’, but/,
  );
  t.equal(answer.handoff_to_librarian, true);
  t.match(answer.recommendations[0], {
    why: 'The summary says “a keeper on a lighthouse rock”',
    quotes: ['lighthouse'],
  });
  search.version = 'v2';
  search.evidence = undefined;
  t.match((await talk().say(first)).response_text, 'is catalogued under Lighthouses, but');
  search.version = 'v3';
  search.evidence = () => [];
  const bare = await talk().say(first);
  t.match(bare.response_text, 'no record says so in as many words');
  t.match(bare.recommendations[0], { why: 'Close in meaning to what you asked', quotes: [] });
});

t.test('half sure is "come close", sure names the heading that most cards carry', async (t) => {
  const { talk, search } = createTestDesk();
  search.confidence = 0.35;
  t.match((await talk().say(first)).response_text, /^Six books come close\./);
  search.version = 'v2';
  search.confidence = 0.9;
  search.evidence = () => [];
  t.match(
    (await talk().say(first)).response_text,
    /^Six books, beginning with “The Keeper’s Year” by Edith Marsh\. /,
    'a heading nobody matched by is not named',
  );
  const heading = (id: string, text: string) => bibOf(id, `Sea ${id}`, { subjects: about(text) });
  const some = [
    heading('a', 'Lighthouses -- Scotland.'),
    heading('b', 'Lighthouses'),
    heading('c', 'Harbours'),
  ];
  t.match(
    (await createTestDesk(some).talk().say('sea')).response_text,
    /^Three books, two of them catalogued under Lighthouses\./,
  );
  const spanish = await createTestDesk(some).talk('es').say('sea');
  t.match(spanish.response_text, /^Tres libros; dos con la materia Lighthouses\./);
});

t.test('words that were read as others are told', async (t) => {
  const { talk, search } = createTestDesk();
  search.corrected = [
    { from: 'lihgthouse', to: 'lighthouse' },
    { from: 'bokos', to: 'books' },
  ];
  t.match(
    (await talk().say(first)).response_text,
    /^I read ‘lihgthouse’ as ‘lighthouse’ and ‘bokos’ as ‘books’\. Six books/,
  );
  t.match((await talk('es').say(first)).response_text, /^He leído ‘lihgthouse’ como ‘lighthouse’/);
});

t.test('when nothing meets every limit, that comes first, then what is near, then a librarian', async (t) => {
  const { talk } = createTestDesk();
  const answer = await talk().say('lighthouses in Welsh');
  t.match(answer, { path: 'nearest', handoff_to_librarian: true });
  t.match(
    answer.response_text,
    /^We hold nothing on lighthouses in Welsh\. Six books come close; a librarian can look further\./,
  );
  const spanish = await talk('es').say('lighthouses en galés');
  t.match(spanish.response_text, /^No tenemos nada sobre lighthouses en galés\. Seis libros se acercan;/);
});

t.test('near books that share a language say which', async (t) => {
  const bees = ['b1', 'b2', 'b3', 'b4'].map((id) =>
    bibOf(id, `Beekeeping ${id}`, { subjects: about('Beekeeping') }),
  );
  const { talk, search } = createTestDesk(bees);
  t.match(
    (await talk().say('beekeeping in Welsh')).response_text,
    /^We hold nothing on beekeeping in Welsh\. Four books in English come close; a librarian can look further\./,
  );
  search.version = 'v2';
  search.evidence = () => [];
  t.match(
    (await talk().say('beekeeping in Welsh')).response_text,
    /^We hold nothing in Welsh that fits ‘beekeeping’\. Four books in English/,
  );
  search.version = 'v3';
  t.match(
    (await talk().say('beekeeping beekeeper honey hive wax smoke in Welsh')).response_text,
    /^We hold nothing in Welsh that fits\. Four/,
    'a long topic is not repeated',
  );
});

t.test('nothing is said as nothing', async (t) => {
  const { talk } = createTestDesk();
  t.match(await talk().say('dragons'), {
    path: 'nothing',
    confidence: 0,
    response_text: 'We hold nothing that fits ‘dragons’. A librarian can look further.',
  });
  t.equal(
    (await talk().say('seven very old dragons guarding gold')).response_text,
    'We hold nothing that fits. A librarian can look further.',
  );
  t.equal(
    (await talk().say('seven very old dragons guarding gold in Welsh')).response_text,
    'We hold nothing in Welsh that fits. A librarian can look further.',
  );
  t.equal(
    (await talk('es').say('dragones')).response_text,
    'No tenemos nada que encaje con ‘dragones’. En el mostrador pueden buscar más.',
  );
});

t.test('a known book is a yes with its author; a list by an author is counted', async (t) => {
  const many = Array.from({ length: 9 }, (_, n) =>
    bibOf(`m${n}`, `Volume ${n} of Sea`, { contributors: writtenBy('Marsh, Edith') }),
  );
  const { talk } = createTestDesk([...many, bibOf('n', 'Anonymous Poem')]);
  t.match(
    (await talk().say('Volume 3 of Sea')).response_text,
    /^Yes, the library holds “Volume 3 of Sea” by Edith Marsh\./,
  );
  t.match((await talk().say('Anonymous Poem')).response_text, /^Yes, the library holds “Anonymous Poem”\./);
  const visitor = talk();
  await visitor.say('sea');
  t.match(
    (await visitor.say('more by the same author')).response_text,
    /^Eight books by Edith Marsh; here are six\./,
  );
  await visitor.say('more by the same author');
  t.match((await visitor.say('show me more')).response_text, /^Here (is|are)/);
});

t.test('what only some of the books meet is not said of all', async (t) => {
  const { talk, search } = createTestDesk([
    bibOf('m1', 'Spirit Film', { format: 'film', contributors: writtenBy('Miyazaki, Hayao') }),
    bibOf('m2', 'Other Film', { format: 'film', contributors: writtenBy('Curtiz, Michael') }),
    bibOf('m3', 'Third Film', { format: 'film' }),
  ]);
  let author = 'Miyazaki, Hayao';
  const original = search.search.bind(search);
  // A search that ranks by the author rather than holding to it.
  search.search = async (question, options) => {
    const found = await original(question, options);
    return { ...found, intent: { ...found.intent, author } };
  };
  t.match((await talk().say('films')).response_text, /^One film by Hayao Miyazaki; the others come close\./);
  author = 'Kurosawa, Akira';
  search.version = 'v2';
  const none = await talk().say('films');
  t.match(none.response_text, /^We hold nothing among films by Akira Kurosawa that fits\. Three films/);
  t.equal(none.handoff_to_librarian, true);
});

t.test('a list that leaves something out says "else"', async (t) => {
  const { talk } = createTestDesk([bibOf('a', 'Sea One', { contributors: writtenBy('Marsh, Edith') })]);
  const visitor = talk();
  await visitor.say('sea');
  t.equal(
    (await visitor.say('what else did she write?')).response_text,
    'We hold nothing else by Edith Marsh. A librarian can look further.',
  );
});

t.test('films are films, one is one, mixed things are titles', async (t) => {
  const { talk } = createTestDesk([
    bibOf('f1', 'Sea Film', { format: 'film' }),
    bibOf('f2', 'Sea Film Two', { format: 'film' }),
    bibOf('o', 'Stone', { format: 'object', summary: 'a kit' }),
    bibOf('k', 'Tent', { format: 'kit', summary: 'a kit' }),
  ]);
  t.match((await talk().say('sea')).response_text, /^Two films: “Sea Film” and “Sea Film Two”\./);
  t.match((await talk().say('films')).intent, { formats: ['film'] });
  t.match((await talk().say('stone')).response_text, /^One title|^Yes/);
  t.match((await talk().say('kit')).response_text, /^Two titles: “Stone” and “Tent”\./);
});

t.test('every state of the shelves has its sentence', async (t) => {
  const copy = (id: string, statusHint: 'reference_only' | 'unknown' | undefined) =>
    bibOf(id, `Sea ${id}`, { items: [itemOf(id, 'HARB', statusHint ? { statusHint } : {})] });
  const online = (id: string) => bibOf(id, `Sea ${id}`, { links: [{ url: 'https://example.org' }] });
  const say = async (bibs: ReturnType<typeof bibOf>[], branch?: string) =>
    (await createTestDesk(bibs).talk('en', branch).say('sea')).response_text;
  t.match(await say([online('a'), online('b')]), 'Two can be opened online.');
  t.match(await say([online('a')]), 'It can be opened online.');
  t.match(await say([copy('a', 'reference_only'), copy('b', 'reference_only')]), 'All are out just now.');
  t.match(await say([copy('a', 'reference_only')]), 'It is out just now.');
  t.equal(
    await say([copy('a', 'unknown'), copy('b', 'unknown')]),
    'Two books: “Sea a” and “Sea b”.',
    'the cards say "unknown" themselves',
  );
  t.equal(await say([copy('a', 'unknown')]), 'One book: “Sea a”.');
});

t.test('the branch a visitor stands in is told first', async (t) => {
  const { talk } = createTestDesk();
  const answer = await talk('en', 'MAIN').say(first);
  t.match(answer.response_text, /at Central Library\.$|at Central Library now;/);
  for (const card of answer.recommendations) {
    const names = card.availability.branches.map((one) => one.branch_id);
    if (names.includes('MAIN')) t.equal(names[0], 'MAIN');
  }
  const quiet = createTestDesk();
  quiet.catalogue.branches = () => [...branches, { id: 'NONE', name: 'Quiet Corner' }];
  const none = await quiet.talk('en', 'NONE').say(first);
  t.match(
    none.response_text,
    /^Six books.* None is at Quiet Corner now; \w+ (is|are) in at (another|other) branch/,
  );
  t.equal(lighthouseBooks().length, 9);
});

t.test('a branch that nobody knows is no branch, and its name is never repeated', async (t) => {
  const { talk, search } = createTestDesk();
  const lost = talk('en', '<b>Atlantis</b>');
  const answer = await lost.say(first);
  t.equal(answer.response_text, (await talk().say(first)).response_text);
  for (const text of ['only at this branch', 'what is on the shelf now?', 'where is the first one?']) {
    const next = await lost.say(text);
    t.equal(next.intent.branch, undefined, text);
    t.notMatch(JSON.stringify({ ...next, text: '' }), 'Atlantis', text);
  }
  t.notMatch(JSON.stringify(search.asked), 'Atlantis');
});

t.test('a branch that only the library’s system knows goes by its name there', async (t) => {
  const { talk } = createTestDesk(lighthouseBooks(), {
    ils: {
      ...shieldIls(createDemoIls({ catalogue: createFakeCatalogue(lighthouseBooks()) }), {
        lookup: () => Promise.resolve(lighthouseBooks()),
      }),
      branches: () => Promise.resolve([{ id: 'VAN', name: 'the book van' }]),
    },
  });
  const { response_text } = await talk('en', 'VAN').say(first);
  t.match(response_text, /at the book van now;/);
});

t.test('a guess stays a guess when it is on the shelf', async (t) => {
  const { talk, search } = createTestDesk();
  search.confidence = 0.1;
  const answer = await talk().say('books about lighthouses available now');
  t.match(answer.response_text, /^This is a guess: /);
  t.match(answer.response_text, /on the shelf/);
  t.equal(answer.handoff_to_librarian, true);
});

t.test('only what two records have in common is called shared', (t) => {
  const wording = createWording('en', phrases.en, { branchName: (id) => id });
  const bib = bibOf('a', 'A');
  const reason = (field: Evidence['field']) => [{ field, text: 'Lighthouses', quotes: ['Lighthouses'] }];
  const near = { shared: undefined, title: 'A' };
  t.same(whySimilar(reason('subject'), bib, near, wording), {
    why: 'Shared: Lighthouses',
    quotes: ['Lighthouses'],
  });
  t.equal(whySimilar(reason('similar'), bib, near, wording).why, 'Catalogued under Lighthouses');
  t.equal(whyOf(reason('similar'), bib, wording).why, 'Catalogued under Lighthouses');
  t.end();
});
