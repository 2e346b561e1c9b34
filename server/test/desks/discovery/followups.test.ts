import t from 'tap';
import { createFollowupRules, type FollowupData } from '../../../desks/discovery/followups.js';
import { fold, patternSource } from '../../../desks/discovery/patterns.js';
import { followups } from '../../fakes/desk.js';

const shown = ['Storm Glass', 'Emma', 'Piranesi'];
type Expected = [text: string, ...acts: (string | [string, number])[]];

const english: Expected[] = [
  ['something shorter', 'shorter'],
  ['shorter please', 'shorter'],
  ['That’s too long.', 'shorter'],
  ['something shorter than the second', ['shorter', 2]],
  ['a bit longer', 'longer'],
  ['newer ones', 'newer'],
  ['not so old', 'newer'],
  ['but not too long', 'shorter'],
  ['something more recent', 'newer'],
  ['older', 'older'],
  ['more like the second one', ['like', 2]],
  ['something like that', 'like'],
  ['More like number 3', ['like', 3]],
  ['more like #2', ['like', 2]],
  ['more like Storm Glass', ['like', 1]],
  ['not that one', 'not'],
  ['not the third', ['not', 3]],
  ['I’ve already read the last one', ['not', -1]],
  ['none of these', 'none'],
  ['another', 'more'],
  ['something else', 'more'],
  ['next page', 'more'],
  ['show me more', 'more'],
  ['more by this author', 'same_author'],
  ['What else did she write?', 'same_author'],
  ['What is on the shelf now?', 'available'],
  ['which of these are available today', 'available'],
  ['which can I take home today', 'available'],
  ['only at this branch', 'here'],
  ['who wrote it?', 'author_of'],
  ['who wrote the second', ['author_of', 2]],
  ['who wrote Piranesi?', ['author_of', 3]],
  ['what is it about?', 'about_of'],
  ['tell me more about the first', ['about_of', 1]],
  ['how long is it?', 'length_of'],
  ['how many pages does the 2nd have?', ['length_of', 2]],
  ['where is it?', 'where_of'],
  ['Where do I find the third one?', ['where_of', 3]],
  ['is the first one in?', ['where_of', 1]],
  ['Can I get it now?', 'where_of'],
  ['can I borrow the second one today', ['where_of', 2]],
  ['what is next in the series?', 'next_in_series'],
  ['the next in the series', 'next_in_series'],
  ['is there a sequel', 'next_in_series'],
  ['go back', 'undo'],
  ['start over', 'start_over'],
  ['in any language', 'lift_languages'],
  ['any format', 'lift_formats'],
  ['of any length', 'lift_pages'],
  ['from any year', 'lift_years'],
  ['for any age', 'lift_ages'],
  ['at any branch', 'lift_branch'],
  ['it doesn’t have to be available', 'lift_available'],
  ['not the third, more like number 2', ['not', 3], ['like', 2]],
  ['something newer and shorter, available now', 'newer', 'shorter', 'available'],
  ['Hello! Something shorter, please.', 'shorter'],
  ['the last one please', ['about_of', -1]],
  ['number 3', ['about_of', 3]],
];

const spanish: Expected[] = [
  ['algo más corto', 'shorter'],
  ['más corto que el segundo', ['shorter', 2]],
  ['demasiado largo', 'shorter'],
  ['algo más largo', 'longer'],
  ['más reciente', 'newer'],
  ['no tan antiguo', 'newer'],
  ['pero no demasiado largo', 'shorter'],
  ['algo más antiguo', 'older'],
  ['más como el segundo', ['like', 2]],
  ['algo parecido al primero', ['like', 1]],
  ['algo como ese', 'like'],
  ['ese no', 'not'],
  ['el tercero no', ['not', 3]],
  ['ya he leído el último', ['not', -1]],
  ['ninguno de estos', 'none'],
  ['otro', 'more'],
  ['otra cosa', 'more'],
  ['enséñeme más', 'more'],
  ['más de este autor', 'same_author'],
  ['¿Qué más escribió?', 'same_author'],
  ['¿Qué hay ahora en el estante?', 'available'],
  ['¿cuáles están disponibles ahora?', 'available'],
  ['en esta biblioteca', 'here'],
  ['¿quién lo escribió?', 'author_of'],
  ['¿Quién escribió el segundo?', ['author_of', 2]],
  ['¿Quién escribió Piranesi?', ['author_of', 3]],
  ['¿de qué trata?', 'about_of'],
  ['¿de qué va el tercero?', ['about_of', 3]],
  ['¿cuántas páginas tiene?', 'length_of'],
  ['¿dónde está?', 'where_of'],
  ['¿me lo puedo llevar hoy?', 'where_of'],
  ['el segundo', ['about_of', 2]],
  ['¿Dónde está el número 2?', ['where_of', 2]],
  ['¿cuál sigue en la serie?', 'next_in_series'],
  ['el siguiente de la serie', 'next_in_series'],
  ['volver', 'undo'],
  ['empezar de nuevo', 'start_over'],
  ['en cualquier idioma', 'lift_languages'],
  ['en cualquier formato', 'lift_formats'],
  ['de cualquier extensión', 'lift_pages'],
  ['de cualquier época', 'lift_years'],
  ['para cualquier edad', 'lift_ages'],
  ['en cualquier biblioteca', 'lift_branch'],
  ['no hace falta que esté disponible', 'lift_available'],
  ['el tercero no, más como el segundo', ['not', 3], ['like', 2]],
];

for (const [locale, cases] of [
  ['en', english],
  ['es', spanish],
] as const) {
  t.test(`${locale}: follow-ups are read as what they ask for`, (t) => {
    for (const [text, ...expected] of cases) {
      const { acts, rest } = followups[locale].read(text, shown);
      const wanted = expected.map((one) =>
        typeof one === 'string' ? { id: one } : { id: one[0], which: one[1] },
      );
      const byId = (a: { id: string }, b: { id: string }): number => a.id.localeCompare(b.id);
      t.strictSame([...acts].sort(byId), wanted.sort(byId), text);
      t.equal(rest, '', `${text}: nothing is left over`);
    }
    t.end();
  });
}

t.test('what merely sounds like a follow-up leaves words over, and so is a question of its own', (t) => {
  const questions = {
    en: [
      'a longer history of the world',
      'books about coming back from war',
      'another country by James Baldwin',
      'new books on physics',
      'self help books',
      'who wrote Dune',
      'who is the librarian of Auschwitz',
    ],
    es: [
      'una historia más larga del mundo',
      'otro país',
      'libros sobre volver a casa',
      '¿quién escribió Fortunata y Jacinta?',
      'libros de autoayuda',
    ],
  };
  for (const locale of ['en', 'es'] as const) {
    for (const text of questions[locale]) {
      const reading = followups[locale].read(text, shown);
      t.not(reading.rest, '', text);
      t.equal(reading.talk, undefined, text);
    }
  }
  t.end();
});

t.test('small talk is small talk only when nothing else is said', (t) => {
  const talk = {
    en: {
      hello: 'hello',
      'Good morning!': 'hello',
      'thanks, bye': 'thanks',
      'thank you very much': 'thanks',
      help: 'help',
      'What can you do?': 'help',
      'Can I talk to a librarian?': 'librarian',
      'I need a human': 'librarian',
      'No.': 'refusal',
      'No, thanks': 'refusal',
      'never mind': 'refusal',
      'you are a stupid machine': 'anger',
      'Shut up!': 'anger',
      'What time do you open today?': 'library',
      'where is the toilet': 'library',
      'Can I renew my books?': 'library',
    },
    es: {
      hola: 'hello',
      '¡Muchas gracias!': 'thanks',
      ayuda: 'help',
      '¿Puedo hablar con un bibliotecario?': 'librarian',
      no: 'refusal',
      'no entiendes nada': 'anger',
      '¿A qué hora abren?': 'library',
      '¿Dónde está el baño?': 'library',
    },
  };
  for (const locale of ['en', 'es'] as const) {
    for (const [text, id] of Object.entries(talk[locale]))
      t.equal(followups[locale].read(text, shown).talk, id, text);
  }
  const reading = followups.en.read('Hello, have you got Thirty Days of Rain? Thanks', []);
  t.equal(reading.talk, undefined);
  t.equal(
    reading.question,
    'have you got Thirty Days of Rain?',
    'and courtesies are no part of the question',
  );
  t.end();
});

t.test('a change of mind is left off where a list is turned away from, and only there', (t) => {
  const left = {
    'actually no, something funny': 'something funny',
    'Hmm no, forget it, cookbooks': 'cookbooks',
    'no, cats instead': 'cats',
    'no cats': 'no cats',
    'no, not the third': 'not the third',
    'London, a history': 'London, a history',
  };
  for (const [text, question] of Object.entries(left)) {
    t.equal(followups.en.read(text, shown).question, question, text);
  }
  t.equal(followups.es.read('no, mejor, algo de risa', shown).question, 'algo de risa');
  t.equal(followups.en.read('No, David!', []).question, 'No, David!', 'a title is a title');
  t.same(followups.en.read('the idiot', shown).talk, undefined);
  t.end();
});

t.test('short titles are words of the language and are not taken for books', (t) => {
  t.strictSame(followups.en.read('not Emma', shown).acts, []);
  t.end();
});

t.test('a long turn is a question of its own, whatever stands in it', (t) => {
  const text = `I would like something shorter ${'about the sea and the wind '.repeat(4)}`;
  t.strictSame(followups.en.read(text, shown).acts, []);
  t.end();
});

t.test('openings that narrow the topic are known', (t) => {
  t.equal(followups.en.openingOf('but funny'), 'adding');
  t.equal(followups.en.openingOf('not so sad'), 'lessening');
  t.equal(followups.es.openingOf('pero divertido'), 'adding');
  t.equal(followups.es.openingOf('menos triste'), 'lessening');
  t.equal(followups.en.openingOf('funny stories'), undefined);
  t.end();
});

t.test('text is folded: case, accents, apostrophes and marks do not matter', (t) => {
  t.equal(fold('  What’s ON,  the ÉTAGÈRE?! #2 '), 'whats on the etagere #2');
  t.equal(fold('مكتبة 图书'), 'مكتبة 图书');
  t.end();
});

t.test('a pattern with a mistake in it stops the start and says where', (t) => {
  t.throws(() => patternSource('(a|b', {}), { message: '"(a|b" lacks a ")"' });
  t.throws(() => patternSource('a] b', {}), { message: '"a] b" has a "]" too many' });
  t.throws(() => patternSource('<who>', {}), {
    message: '"<who>" names the slot <who>, which does not exist',
  });
  const broken = {
    fillers: '',
    moods: '',
    negations: '',
    deciding: '',
    asides: ['x'],
    closings: ['x'],
    asking: ['x'],
    holding: ['x'],
    narrowing: ['x'],
    courtesies: ['x'],
    nth: {},
    cardinals: {},
    number_words: ['no'],
    lessening: ['x'],
    adding: ['x'],
    picks: ['x'],
    which: ['[x'],
    acts: {},
    talk: {},
  };
  t.throws(() => createFollowupRules(broken as unknown as FollowupData), /lacks/);
  t.end();
});
