import t from 'tap';
import { Format, ItemStatus, Locale } from '../../contract/vocabulary.js';
import { languageName, languageTag } from '../../web/src/api/languages.js';
import { languageFor, languages } from '../../web/src/phrases/languages.js';

/** Every sentence of a language, functions called with plain values. */
function sentences(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'function') return [1, 3, 'x'].flatMap((arg) => call(value as Sentence, arg));
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(sentences);
  return [];
}

type Sentence = (...args: unknown[]) => unknown;
function call(sentence: Sentence, arg: unknown): string[] {
  try {
    return [String(sentence(arg, arg))];
  } catch {
    return [];
  }
}

t.test('every locale of the contract is spoken', (t) => {
  t.strictSame(languages.map((l) => l.locale).sort(), [...Locale.options].sort());
  t.end();
});

for (const language of languages) {
  t.test(`${language.name} keeps the house voice`, (t) => {
    const said = sentences(language);
    t.ok(said.length > 150, `${said.length} sentences`);
    for (const sentence of said) {
      t.notMatch(sentence, /!|¡|undefined|NaN|\[object/, sentence);
      t.not(sentence.trim(), '', 'no sentence is empty');
    }
    for (const format of Format.options) t.ok(language.format[format]);
    for (const status of ItemStatus.options) t.ok(language.itemStatus[status]);
    t.end();
  });
}

t.test('numbers agree with their nouns', (t) => {
  const [en, es] = [languageFor(['en']), languageFor(['es'])];
  t.strictSame([0, 1, 5, 23].map(en.count), ['No titles', 'One title', 'Five titles', '23 titles']);
  t.strictSame([0, 1, 5, 23].map(es.count), ['Ningún título', 'Un título', 'Cinco títulos', '23 títulos']);
  t.equal(en.countOf(5, 1000), 'Five titles of more than 1,000');
  t.equal(en.waitThen(1), 'You can ask again in 1 second.');
  t.end();
});

t.test('a browser gets the language it asks for, or English', (t) => {
  t.equal(languageFor(['es-MX', 'en']).locale, 'es');
  t.equal(languageFor(['cy', 'ES']).locale, 'es');
  t.equal(languageFor(['fr']).locale, 'en');
  t.equal(languageFor([]).locale, 'en');
  t.end();
});

t.test('MARC language codes get names, also the bibliographic ones', (t) => {
  t.strictSame(
    ['eng', 'fre', 'chi', 'ger'].map((code) => languageName(code, 'en')),
    ['English', 'French', 'Chinese', 'German'],
  );
  t.equal(languageName('spa', 'es'), 'español');
  t.strictSame(['per', 'jpn', 'grc', 'no code'].map(languageTag), ['fa', 'ja', 'grc', 'und']);
  t.equal(languageName('not a code', 'en'), 'not a code');
  t.end();
});
