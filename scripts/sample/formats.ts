/** What each format of the sample means in MARC: leader, 007, 008, 300 and 33X. */
import type { Format, Work } from './schema.js';

type Term = readonly [term: string, code: string];

interface FormatMarc {
  /** Leader/06 and /07. */
  readonly leader: string;
  readonly fixed007: readonly string[];
  /** 008/23 (books, music) or /29 (visual): form of item. */
  readonly form: string;
  readonly content: readonly Term[];
  readonly media: Term;
  readonly carrier: Term;
  readonly itemType: string;
}

const TEXT: Term = ['text', 'txt'];
const STILL: Term = ['still image', 'sti'];
const SPOKEN: Term = ['spoken word', 'spw'];
const UNMEDIATED: Term = ['unmediated', 'n'];
const COMPUTER: Term = ['computer', 'c'];
const VOLUME: Term = ['volume', 'nc'];
const ONLINE: Term = ['online resource', 'cr'];
const AUDIO: Term = ['audio', 's'];
const AUDIO_DISC: Term = ['audio disc', 'sd'];
const VIDEO: Term = ['video', 'v'];
const VIDEODISC: Term = ['videodisc', 'vd'];
const MOVING: Term = ['two-dimensional moving image', 'tdi'];

const SOUND_DISC_007 = 'sd fsngnnmmned';

export const FORMAT_MARC: Readonly<Record<Format, FormatMarc>> = {
  book: marc('am', ['ta'], ' ', [TEXT], UNMEDIATED, VOLUME, 'BK'),
  'large-print': marc('am', ['tb'], 'd', [TEXT], UNMEDIATED, VOLUME, 'LP'),
  'graphic-novel': marc('am', ['ta'], ' ', [TEXT, STILL], UNMEDIATED, VOLUME, 'GN'),
  'picture-book': marc('am', ['ta'], ' ', [TEXT, STILL], UNMEDIATED, VOLUME, 'PB'),
  'e-book': marc('am', ['cr |||||||||||'], 'o', [TEXT], COMPUTER, ONLINE, 'EB'),
  'audio-cd': marc('im', [SOUND_DISC_007], ' ', [SPOKEN], AUDIO, AUDIO_DISC, 'AB'),
  'e-audio': marc('im', ['sr |||||||||||', 'cr |||||||||||'], 'o', [SPOKEN], COMPUTER, ONLINE, 'EA'),
  'music-cd': marc('jm', [SOUND_DISC_007], ' ', [['performed music', 'prm']], AUDIO, AUDIO_DISC, 'CD'),
  score: marc('cm', ['qu'], ' ', [['notated music', 'ntm']], UNMEDIATED, VOLUME, 'SC'),
  dvd: marc('gm', ['vd cvaizq'], ' ', [MOVING], VIDEO, VIDEODISC, 'DVD'),
  'blu-ray': marc('gm', ['vd csaizq'], ' ', [MOVING], VIDEO, VIDEODISC, 'BR'),
  serial: marc('as', ['ta'], ' ', [TEXT, STILL], UNMEDIATED, VOLUME, 'MAG'),
  game: marc('rm', [], ' ', [['three-dimensional form', 'tdf']], UNMEDIATED, ['object', 'nr'], 'GM'),
  object: marc('rm', [], ' ', [['three-dimensional form', 'tdf']], UNMEDIATED, ['object', 'nr'], 'TH'),
};

function marc(
  leader: string,
  fixed007: readonly string[],
  form: string,
  content: readonly Term[],
  media: Term,
  carrier: Term,
  itemType: string,
): FormatMarc {
  return { leader, fixed007, form, content, media, carrier, itemType };
}

const AUDIENCE_CODES: Record<Work['audience'], string> = {
  '0-5': 'a',
  '6-8': 'b',
  '9-13': 'c',
  teen: 'd',
  adult: 'e',
  general: 'g',
};
const FORM_CODES: Record<NonNullable<Work['form']>, string> = {
  novel: '1',
  stories: 'j',
  poetry: 'p',
  drama: 'd',
  essays: 'e',
  humour: 'h',
  none: '0',
};
const FREQUENCY_CODES: Record<NonNullable<Work['frequency']>, string> = {
  weekly: 'w',
  fortnightly: 'e',
  monthly: 'm',
  bimonthly: 'b',
  quarterly: 'q',
};

/** The forty characters of 008; `country` is a MARC country code of two or three letters. */
export function fixed008(work: Work, country: string): string {
  const date1 = String(work.year);
  const reissued = work.first !== undefined && work.first !== work.year;
  const video = work.format === 'dvd' || work.format === 'blu-ray';
  let dates = `s${date1}    `;
  if (work.format === 'serial') dates = `c${date1}9999`;
  else if (reissued) dates = `${video ? 'p' : 'r'}${date1}${work.first}`;
  const text = `260115${dates}${country.padEnd(3)}${middle(work)}${work.language} d`;
  if (text.length !== 40) throw new Error(`${work.id}: 008 is ${text.length} characters long, not 40.`);
  return text;
}

/** 008/18-34, whose meaning hangs on the type of material. */
function middle(work: Work): string {
  const audience = AUDIENCE_CODES[work.audience];
  const form = FORMAT_MARC[work.format].form;
  switch (work.format) {
    case 'dvd':
    case 'blu-ray':
      return `${runningTime(work)} ${audience}      ${form}   v${animated(work) ? 'a' : 'l'}`;
    case 'game':
    case 'object':
      return `nnn ${audience}      ${form}   ${work.format === 'game' ? 'g' : 'r'}n`;
    case 'music-cd':
      return `uunn${audience}${form}      n  n `;
    case 'score':
      return `uuz ${audience}${form}      n  n `;
    case 'audio-cd':
    case 'e-audio':
      return `nnnn${audience}${form}      ${work.fiction ? 'f' : 'o'}  n `;
    case 'serial':
      return `${work.frequency ? FREQUENCY_CODES[work.frequency] : 'u'}r p       0   b0`;
    default:
      return bookMiddle(work, audience, form);
  }
}

function bookMiddle(work: Work, audience: string, form: string): string {
  const pictures = work.format === 'graphic-novel' || work.format === 'picture-book' || work.illustrated;
  const contents = work.format === 'graphic-novel' ? '6   ' : '    ';
  const literary = FORM_CODES[work.form ?? (work.fiction ? 'novel' : 'none')];
  const life = work.biography ? 'b' : ' ';
  return `${pictures ? 'a   ' : '    '}${audience}${form}${contents} 000 ${literary}${life}`;
}

function runningTime(work: Work): string {
  return work.minutes === undefined ? '---' : String(work.minutes).padStart(3, '0');
}

function animated(work: Work): boolean {
  return work.genres.some((genre) => /animat/i.test(genre));
}

/** 300 $a and, where there are pictures or sound to describe, $b. */
export function extent(work: Work): { a: string; b?: string } {
  const duration = work.minutes === undefined ? '' : ` (${work.minutes} min)`;
  const pages = work.pages === undefined ? '1 volume' : `${work.pages} pages`;
  const discs = work.discs ?? 1;
  const plural = discs === 1 ? '' : 's';
  const a = work.extent;
  switch (work.format) {
    case 'large-print':
      return { a: `${a ?? pages} (large print)` };
    case 'e-book':
      return { a: `1 online resource${work.pages === undefined ? '' : ` (${pages})`}` };
    case 'e-audio':
      return { a: `1 online resource (1 audio file${work.minutes ? `, ${hours(work.minutes)}` : ''})` };
    case 'audio-cd':
      return {
        a: `${discs} audio disc${plural}${work.minutes ? ` (${hours(work.minutes)})` : ''}`,
        b: 'digital',
      };
    case 'music-cd':
      return { a: `${discs} audio disc${plural}${duration}`, b: 'digital' };
    case 'dvd':
      return { a: `${discs} DVD video disc${plural}${duration}`, b: 'sound' };
    case 'blu-ray':
      return { a: `${discs} Blu-ray disc${plural}${duration}`, b: 'sound' };
    case 'score':
      return { a: a ?? `1 score${work.pages === undefined ? '' : ` (${pages})`}` };
    case 'serial':
      return { a: 'volumes', b: 'illustrations' };
    case 'game':
    case 'object':
      return { a: a ?? '1 object' };
    default:
      return pictured(a ?? pages, work);
  }
}

function pictured(a: string, work: Work): { a: string; b?: string } {
  const colour = work.illustrated === 'colour' || work.format === 'picture-book';
  if (work.format === 'picture-book' || work.format === 'graphic-novel' || work.illustrated) {
    return { a, b: colour ? 'color illustrations' : 'illustrations' };
  }
  return { a };
}

/** Minutes as a cataloguer writes them: "9 hr., 30 min." */
function hours(minutes: number): string {
  const rest = minutes % 60;
  const whole = Math.floor(minutes / 60);
  return [whole ? `${whole} hr.` : '', rest ? `${rest} min.` : ''].filter(Boolean).join(', ');
}
