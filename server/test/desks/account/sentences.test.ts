import { writeFileSync, mkdirSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { refusalCodes, holdStatuses, questionKinds } from '../../../contract/patron-account.js';
import { signInOutcomes } from '../../../contract/sign-in.js';
import { readAccountSentences, type AccountSentences } from '../../../desks/account/sentences.js';
import { dataDir } from '../../fakes/desk.js';

const sentences = readAccountSentences(dataDir);
const linesOf = (value: AccountSentences): [string, string][] =>
  Object.entries(value).flatMap(([section, lines]) =>
    Object.entries(lines).flatMap(([key, line]): [string, string][] =>
      typeof line === 'string'
        ? [[`${section}.${key}`, line]]
        : Object.entries(line as Record<string, string>).map(([form, text]) => [
            `${section}.${key}.${form}`,
            text,
          ]),
    ),
  );

t.test('every code has a sentence in both languages', (t) => {
  for (const locale of ['en', 'es'] as const) {
    t.strictSame(Object.keys(sentences[locale].refusal), [...refusalCodes]);
    t.strictSame(Object.keys(sentences[locale].question), [...questionKinds]);
    t.strictSame(Object.keys(sentences[locale].hold_status), [...holdStatuses]);
    t.strictSame(Object.keys(sentences[locale].sign_in), [...signInOutcomes]);
  }
  const english = linesOf(sentences.en);
  const spanish = new Map(linesOf(sentences.es));
  t.strictSame(
    [...spanish.keys()],
    english.map(([key]) => key),
  );
  for (const [key, line] of english) {
    t.not(spanish.get(key), line, `${key} is in Spanish`);
    t.strictSame(spanish.get(key)?.match(/\{\w+\}/g), line.match(/\{\w+\}/g), `${key} has its places`);
  }
  t.end();
});

t.test('the desk speaks as the house does: whole sentences, no shouting, no apologies, no codes', (t) => {
  for (const [key, line] of [...linesOf(sentences.en), ...linesOf(sentences.es)]) {
    t.match(line, /^[A-ZÁÉÍÓÚ¿{].*[.?]$/u, key);
    t.notMatch(line, /!|\berror\b|\bsorry\b|\boops\b|lo siento/i, key);
    t.ok(line.length <= 180, `${key} is short`);
  }
  t.end();
});

t.test('a sentence that is missing stops the start and is named', (t) => {
  const dir = t.testdir();
  mkdirSync(join(dir, 'phrases'));
  copyFileSync(join(dataDir, 'phrases/account.es.yaml'), join(dir, 'phrases/account.es.yaml'));
  writeFileSync(join(dir, 'phrases/account.en.yaml'), 'sign_in: { signed_in: You are signed in. }\n');
  t.throws(() => readAccountSentences(dir), /account\.en\.yaml[^]*sign_in\.rejected/);
  t.end();
});
