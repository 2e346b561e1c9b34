import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readPolicy } from '../../../desks/discovery/policy.js';
import type { FigureKind } from '../../../contract/figures.js';
import { createTestDesk, dataDir } from '../../fakes/desk.js';
import { createFakeLlm } from '../../fakes/llm.js';

const policy = readPolicy([dataDir]);
const topicOf = (text: string): string | undefined => policy.match(text, 'en')?.referral.topic;

t.test('questions for people are known in English and Spanish', async (t) => {
  const asked: Record<string, string[]> = {
    crisis: [
      'I want to die',
      'books about suicide',
      'how can I stop cutting myself',
      'my husband hits me',
      'quiero morir',
      'libros sobre el suicidio',
      'mi marido me pega',
      'I don’t want to live anymore',
      'I don’t want to be here anymore',
      'my son cuts himself',
      'my friend wants to kill herself',
      'i wanna die',
      'how to hang yourself',
      'I feel like dying',
      'my stepdad hits me',
      'he is going to kill me',
      'everyone would be better off without me',
      'I took too many pills',
      'me quiero matar',
      'mi hijo se corta',
      'mi amiga se quiere suicidar',
      'no tengo ganas de vivir',
      'mi padrastro me pega',
      'quiero acabar con todo',
    ],
    medical: [
      'which pills help me sleep',
      'qué pastillas ayudan a dormir',
      'should I take ibuprofen',
      'what are the side effects of metformin',
      'do I have diabetes?',
      'is it safe to take aspirin',
      'tengo cancer',
      '¿puedo tomar antibióticos?',
      'efectos secundarios de la metformina',
      'books about my symptoms',
    ],
    legal: [
      'can my landlord evict me',
      'I need a lawyer',
      'legal advice please',
      'filing for divorce',
      'necesito un abogado',
      '¿puede mi casero echarme?',
      'mi divorcio',
    ],
    immigration: [
      'how do I apply for asylum',
      'how do I get a visa',
      'cómo consigo la visa',
      'my green card',
      'extend my visa',
      'solicitar asilo',
      'mi visado',
      'mis papeles',
    ],
    money: [
      'should I invest in gold',
      'help me file my taxes',
      'my debts',
      '¿en qué debo invertir?',
      'mi hipoteca',
    ],
  };
  for (const [topic, texts] of Object.entries(asked))
    for (const text of texts) t.equal(topicOf(text), topic, text);
});

t.test('books that only sound like it are books', async (t) => {
  const asked = [
    'legal thriller',
    'a medical romance',
    'medical thrillers set in Boston',
    'a novel about suicide',
    'crime story with a staged suicide',
    'history of suicide',
    'suicide squad comics',
    'nothing about suicide please',
    'a memoir about cancer',
    'novels about my divorce',
    'citizenship test practice',
    'a lawyer who solves crimes',
    'doctors in the first world war',
    'can I take this book home',
    'a story about money',
    'death in Venice',
    'how to die well, philosophy',
    'books about lighthouses',
    'una novela sobre el suicidio',
    'un thriller legal',
    'novela médica',
    'sin suicidio',
    'historias sobre un divorcio',
    'examen de ciudadanía',
    'quiero morirme de risa',
    'I want to die laughing',
    'she beats me at chess',
    'quiero desaparecer en una buena novela',
    'no quiero vivir sin libros',
    'a cancer memoir',
    'books about cancer for children',
    'divorce novels',
    'una dosis de humor',
    'a book about a girl who cuts herself',
  ];
  for (const text of asked) t.equal(topicOf(text), undefined, text);
});

t.test(
  'the books are shown all the same; the library’s words and a librarian come with them, no model does',
  async (t) => {
    const llm = createFakeLlm(() => ({ picks: [2], reply: '[2] is a history.', whys: [] }));
    const counted: [FigureKind, string][] = [];
    const figures = { count: (kind: FigureKind, name: string) => void counted.push([kind, name]) };
    const question = 'lighthouses and suicide';
    const plain = await createTestDesk().talk().say(question);
    const { talk } = createTestDesk(undefined, { llm, policy, figures });
    const visitor = talk();
    const answer = await visitor.say(question);
    t.same(
      answer.recommendations.map((one) => [one.record_id, one.why]),
      plain.recommendations.map((one) => [one.record_id, one.why]),
    );
    t.equal(answer.response_text, plain.response_text);
    t.match(answer, {
      referral: { topic: 'crisis' },
      handoff_to_librarian: true,
      model: { used: false, absence: 'unasked' },
    });
    t.match(answer.referral?.text, /^You don’t have to be alone with this\./);
    t.equal(llm.asked.length, 0);
    t.same(counted, [
      ['turn', 'full'],
      ['model', 'unasked'],
      ['referral', 'crisis'],
    ]);
    t.notMatch(JSON.stringify(counted), 'lighthouses', 'no word of it is counted');
    const next = await visitor.say('books about lighthouses');
    t.equal(next.referral, null);
    t.equal(llm.asked.length, 1);
    t.notMatch(llm.asked[0]?.messages[1]?.text, 'suicide', 'nor shown to a model in the next turn');
    const spanish = await talk('es').say('lighthouses, quiero morir');
    t.match(spanish.referral?.text, /^No tienes que pasar/);
    t.match((await talk().say('I want to die')).referral, { topic: 'crisis' }, 'also where nothing is found');
  },
);

t.test('a library changes the policy in its data folder, line by line', async (t) => {
  const own = t.testdir();
  mkdirSync(join(own, 'policy'));
  const write = (text: string): void => writeFileSync(join(own, 'policy', 'topics.yaml'), text);
  write(
    [
      'crisis:',
      '  helpline: { en: Ring the Harbour line at any hour. }',
      'money: { off: true }',
      'legal: { model: true, handoff: false }',
      'parking:',
      '  words: { en: [parking (ticket|fine)] }',
      '  says: { en: The town hall knows about parking. }',
    ].join('\n'),
  );
  const ours = readPolicy([dataDir, own]);
  t.match(
    ours.match('I want to die', 'en')?.referral.text,
    /emergency number\. Ring the Harbour line at any hour\.$/,
  );
  t.notMatch(ours.match('I want to die', 'es')?.referral.text, 'Harbour');
  t.equal(ours.match('my debts', 'en'), undefined);
  t.match(ours.match('legal advice', 'en'), { model: true, handoff: false });
  t.match(ours.match('parking ticket', 'es'), {
    referral: { text: 'The town hall knows about parking.' },
    handoff: true,
    model: false,
  });
  t.same(ours.topics(), ['crisis', 'medical', 'immigration', 'legal', 'parking']);
  const slips: [string, RegExp][] = [
    [
      'crisis:\n  words:\n    en: quiet',
      /topics\.yaml, line \d, is not in the form it should have \(words\.en/,
    ],
    ['Crisis: {}', /line 1/],
    ['new:\n  says: { en: x }', /words/],
    ['crisis: [', /is not valid YAML/],
    ['crisis:\n  helpine: { en: x }', /helpine|Unrecognized/],
  ];
  for (const [text, expected] of slips) {
    write(text);
    t.throws(() => readPolicy([dataDir, own]), { name: 'DataFolderError', message: expected });
  }
  t.same(readPolicy([dataDir, t.testdir()]).topics(), policy.topics(), 'no file, no change');
});
