import type { Format } from '../../../contract/vocabulary.js';
import { fold } from '../../../lib/fold.js';
import { subfield, subfieldTexts, type MarcField } from '../formats/marc-record.js';
import { type Material } from './fixed-field.js';
import type { MarcKnowledge } from './knowledge.js';
import type { RecordFields } from './record-fields.js';

/** What a record says of its carrier, each said by any of its codes. */
interface Signs {
  /** Leader/06 and /07; the type is blank where the leader does not say. */
  type: string;
  level: string;
  /** 008/33 of visual materials, 008/26 of computer files. */
  kind: string;
  isOnline: boolean;
  isElectronic: boolean;
  isLargePrint: boolean;
  isBraille: boolean;
  isMicroform: boolean;
  isSlide: boolean;
  isSpokenWord: boolean;
  isComic: boolean;
  isGame: boolean;
  /** By 245 $h of older cataloguing. */
  said: Format | undefined;
}

const text = (s: Signs) => s.type === 'a' || s.type === 't' || s.type === ' ';
const spoken = (s: Signs) => s.type === 'i' || (s.isSpokenWord && (text(s) || s.type === 'm'));

/** The first row that holds decides. */
const decisions: readonly (readonly [Format, (s: Signs) => boolean])[] = [
  ['kit', (s) => s.type === 'o'],
  ['score', (s) => s.type === 'c' || s.type === 'd'],
  ['map', (s) => s.type === 'e' || s.type === 'f'],
  ['music', (s) => s.type === 'j'],
  ['eaudiobook', (s) => spoken(s) && s.isOnline],
  ['audiobook', spoken],
  ['picture', (s) => s.type === 'k' || (s.type === 'g' && s.isSlide)],
  ['film', (s) => s.type === 'g'],
  ['game', (s) => (s.type === 'r' || s.type === 'm') && (s.isGame || s.kind === 'g')],
  ['object', (s) => s.type === 'r'],
  ['other', (s) => s.type === 'p'],
  ['website', (s) => s.level === 'i' && s.isOnline],
  ['ebook', (s) => s.type === 'm' && s.isOnline && (s.kind === 'd' || s.kind === 'e')],
  ['software', (s) => s.type === 'm'],
  ['serial', (s) => s.level === 's' || s.level === 'b' || s.level === 'i'],
  ['braille', (s) => s.isBraille],
  ['ebook', (s) => s.isOnline || (s.isElectronic && text(s))],
  ['other', (s) => s.isMicroform],
  ['large_print', (s) => s.isLargePrint],
  ['comic', (s) => s.isComic],
  ['manuscript', (s) => s.type === 't'],
  ['book', (s) => s.type === 'a'],
];

/** Decides what a patron would carry home from leader/06-07, 007, 008, 006, 33X, headings and, last, 245 $h and 300. */
export function createFormatReader({ carriers }: MarcKnowledge) {
  const largePrint = anyOf(carriers.large_print);
  const onlineAudio = anyOf(carriers.online_audio);
  const comics = new Set(carriers.comic);
  const games = new Set(carriers.game);
  const material = Object.entries(carriers.general_material);

  function headingsAre(record: RecordFields, names: ReadonlySet<string>): boolean {
    const is = (heading: string) => names.has(fold(heading).replace(/[\s.]+$/, ''));
    if (record.all('655').some((f) => is(subfield(f, 'a') ?? ''))) return true;
    return ['600', '650', '651', '653', '690'].some((tag) =>
      record.all(tag).some((f) => {
        if (subfieldTexts(f, 'v').some(is)) return true;
        // "Comic books, strips, etc. -- Authorship -- Fiction" is about comics.
        return tag !== '600' && !f.subfields.some((s) => 'xv'.includes(s.code)) && is(subfield(f, 'a') ?? '');
      }),
    );
  }

  return (record: RecordFields, fixed: string, kindOfMaterial: Material): Format => {
    const type = /[a-z]/.test(record.leader[6] ?? '') ? (record.leader[6] ?? ' ') : ' ';
    const formAt = kindOfMaterial === 'visual' || kindOfMaterial === 'maps' ? 29 : 23;
    const forms = (fixed[formAt] ?? ' ') + form006(record.all('006'));
    const physical = record.all('007').map((f) => f.value.slice(0, 2));
    const carriersNamed = codesOf(record, '338') + ' ' + codesOf(record, '337');
    const contents = codesOf(record, '336');
    const said = fold(
      record
        .all('245')
        .map((f) => subfield(f, 'h') ?? '')
        .join(' '),
    );
    const extent = fold(
      record
        .all('300')
        .flatMap((f) => subfieldTexts(f, 'a'))
        .join(' '),
    );
    const online =
      /[os]/.test(forms) ||
      physical.includes('cr') ||
      carriersNamed.includes(' cr ') ||
      /online resource|recurso en linea|ressource en ligne/.test(extent);
    const electronic = /[qs]/.test(forms) || physical.some((p) => p.startsWith('c'));
    const isText = type === 'a' || type === 't' || type === ' ';
    const signs: Signs = {
      type,
      level: record.leader[7] ?? ' ',
      kind:
        kindOfMaterial === 'visual'
          ? (fixed[33] ?? ' ')
          : kindOfMaterial === 'computer'
            ? (fixed[26] ?? ' ')
            : ' ',
      isOnline:
        online ||
        (said.includes('electronic resource') && !physical.includes('co')) ||
        onlineAudio.test(said + ' ' + extent) ||
        (type === 'i' && headingsAre(record, new Set(carriers.online_audio))),
      isElectronic: electronic,
      isBraille:
        isText &&
        (fixed[23] === 'f' ||
          physical.includes('tc') ||
          contents.includes(' tct ') ||
          said.includes('braille')),
      isLargePrint:
        isText &&
        (fixed[23] === 'd' ||
          physical.includes('tb') ||
          largePrint.test(`${said} ${extent} ${edition(record)}`)),
      isMicroform: /[abc]/.test(isText ? forms : '') || physical.some((p) => p.startsWith('h')),
      isSlide: physical.some((p) => p.startsWith('g')) || fixed[33] === 's' || fixed[33] === 't',
      isSpokenWord:
        contents.includes(' spw ') ||
        (isText && (physical.some((p) => p.startsWith('s')) || carriersNamed.includes(' sd '))),
      isComic: false,
      isGame: false,
      said: undefined,
    };
    if (isText) signs.isComic = fixed.slice(24, 28).includes('6') || headingsAre(record, comics);
    if (type === 'm' || type === 'r') signs.isGame = headingsAre(record, games);
    if (type === ' ') {
      const named = material.find(([words]) => said.includes(words))?.[1];
      if (named !== undefined) return named;
      if (contents.includes(' tdi ')) return 'film';
      if (contents.includes(' prm ')) return 'music';
    }
    return decisions.find(([, holds]) => holds(signs))?.[0] ?? 'book';
  };
}

function anyOf(words: readonly string[]): RegExp {
  return new RegExp(words.map((w) => w.replaceAll(' ', '[ -]?')).join('|'));
}

/** Form of item in 006: position 6, or 12 where 006 describes visual materials or maps. */
function form006(fields: readonly MarcField[]): string {
  return fields.map(({ value }) => value['gkoref'.includes(value[0] ?? '') ? 12 : 6] ?? ' ').join('');
}

/** Codes of a 33X field between blanks; terms where codes are missing. */
function codesOf(record: RecordFields, tag: '336' | '337' | '338'): string {
  const codes = record.all(tag).flatMap((f) => {
    const coded = subfieldTexts(f, 'b');
    return coded.length > 0
      ? coded
      : subfieldTexts(f, 'a').map((term) => termCodes[term.toLowerCase()] ?? '');
  });
  return ` ${codes.join(' ')} `;
}

const termCodes: Readonly<Record<string, string>> = {
  'online resource': 'cr',
  'audio disc': 'sd',
  'spoken word': 'spw',
  'two-dimensional moving image': 'tdi',
  'performed music': 'prm',
  'tactile text': 'tct',
};

function edition(record: RecordFields): string {
  const parts = [...record.all('250'), ...record.all('340')].flatMap((f) => subfieldTexts(f, 'an'));
  const headings = [...record.all('655'), ...record.all('650')].flatMap((f) => subfield(f, 'a') ?? []);
  return fold([...parts, ...headings].join(' '));
}
