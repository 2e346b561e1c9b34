/** Turns inverted names and titles into MARC subfields and ISBD wording. */
import type { Work } from './schema.js';

export type Subfields = [code: string, value: string][];

/** Words that stand between a name and its dates, and belong in $c. */
const TITLES = /^(Dr\.|Sir|Dame|Saint|Lord|graf|Maulana|(King|Queen|Emperor)\b.*)$/;
const DATES = /^(approximately |active )?\d{1,4}\??( B\.C\.)?-|^approximately /;

/** A heading's parts: $a name, $q fuller form, $c titles, $d dates, without punctuation between them. */
export function nameSubfields(heading: string): Subfields {
  const parts = heading.split(', ');
  const dates = parts.length > 1 && DATES.test(parts.at(-1) ?? '') ? parts.pop() : undefined;
  const at = parts.findIndex((part, index) => index > 0 && TITLES.test(part));
  const titles = at > 0 ? parts.splice(at).join(', ') : undefined;
  const [, name = '', fuller] = /^(.*?)(?: (\([^)]+\)))?$/.exec(parts.join(', ')) ?? [];
  const out: Subfields = [['a', name]];
  if (fuller !== undefined) out.push(['q', fuller]);
  if (titles !== undefined) out.push(['c', titles]);
  if (dates !== undefined) out.push(['d', dates]);
  return out;
}

/** A heading with its relator term, punctuated: "Christie, Agatha,$d1890-1976,$eauthor." */
export function nameWithRole(heading: string, role: string | undefined): Subfields {
  const parts = nameSubfields(heading);
  if (role !== undefined) parts.push(['e', role]);
  return parts.map(([code, value], index) => [code, value + markBefore(value, parts[index + 1]?.[0])]);
}

function markBefore(value: string, next: string | undefined): string {
  if (next === undefined) return /[.)-]$/.test(value) ? '' : '.';
  if (next === 'q' || value.endsWith('-')) return '';
  return ',';
}

/** First indicator of a personal name: 1 when it opens with a surname, 0 when with a forename. */
export function nameIndicator(heading: string): string {
  return (nameSubfields(heading)[0]?.[1] ?? '').includes(',') ? '1' : '0';
}

/** "Le Guin, Ursula K., 1929-2018" as a title page would print it: "Ursula K. Le Guin". */
export function directName(heading: string): string {
  const parts = nameSubfields(heading);
  const name = parts[0]?.[1] ?? '';
  const title = parts.find(([code]) => code === 'c')?.[1] ?? '';
  const comma = name.indexOf(', ');
  if (comma < 0) return title === 'Dr.' || title === 'Sir' ? `${title} ${name}` : name;
  return `${name.slice(comma + 2)} ${name.slice(0, comma)}`;
}

const ARTICLES: Record<string, RegExp> = {
  eng: /^(the|an?) /i,
  spa: /^(el|la|los|las|una?|unos|unas) /i,
  fre: /^((le|la|les|une?) |l['’])/i,
  ger: /^(der|die|das|eine?) /i,
  por: /^(os?|as?|uma?) /i,
  ita: /^((il|lo|la|i|gli|le|una?|uno) |(l|un)['’])/i,
  ara: /^al-/i,
  heb: /^ha-/i,
  swe: /^(den|det|en|ett) /i,
  dut: /^(de|het|een) /i,
};

/** How many characters of a title its leading article takes (0 to 9). */
export function nonFiling(title: string, language: string): number {
  return ARTICLES[language]?.exec(title)?.[0].length ?? 0;
}

const PHRASES: Record<string, { and: string; translated: string; illustrated: string; edited: string }> = {
  eng: { and: 'and', translated: 'translated by', illustrated: 'illustrated by', edited: 'edited by' },
  spa: { and: 'y', translated: 'traducción de', illustrated: 'ilustraciones de', edited: 'edición de' },
  fre: { and: 'et', translated: 'traduit par', illustrated: 'illustrations de', edited: 'édité par' },
  ger: {
    and: 'und',
    translated: 'übersetzt von',
    illustrated: 'illustriert von',
    edited: 'herausgegeben von',
  },
  por: { and: 'e', translated: 'tradução de', illustrated: 'ilustrações de', edited: 'organização de' },
  ita: { and: 'e', translated: 'traduzione di', illustrated: 'illustrazioni di', edited: 'a cura di' },
};

/** The statement of responsibility (245 $c) in the language of the title page; empty where nobody is named. */
export function responsibility(work: Work): string {
  if (work.by !== undefined) return work.by;
  const phrases = PHRASES[work.language] ?? PHRASES['eng'];
  if (phrases === undefined) return '';
  const list = (names: readonly string[] | undefined): string =>
    joined((names ?? []).map(directName), phrases.and);
  const parts: string[] = [];
  const makers = [...(work.author ?? []), ...(work.composer ?? []), ...(work.group ? [work.group] : [])];
  if (makers.length > 0) parts.push(list(makers));
  if (work.director) parts.push(`directed by ${list(work.director)}`);
  if (work.performer && makers.length === 0) parts.push(list(work.performer));
  if (work.editor) parts.push(`${phrases.edited} ${list(work.editor)}`);
  if (work.illustrator) parts.push(`${phrases.illustrated} ${list(work.illustrator)}`);
  if (work.translator) parts.push(`${phrases.translated} ${list(work.translator)}`);
  return parts.join(' ; ');
}

function joined(names: readonly string[], and: string): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} ${and} ${names.at(-1) ?? ''}`;
}

/** English names of the languages the sample knows, for $l and the language note. */
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = {
  ara: 'Arabic',
  ben: 'Bengali',
  chi: 'Chinese',
  cze: 'Czech',
  dan: 'Danish',
  dut: 'Dutch',
  eng: 'English',
  enm: 'Middle English',
  fin: 'Finnish',
  fre: 'French',
  ger: 'German',
  grc: 'Ancient Greek',
  gre: 'Greek',
  heb: 'Hebrew',
  hin: 'Hindi',
  hun: 'Hungarian',
  ice: 'Icelandic',
  ita: 'Italian',
  jpn: 'Japanese',
  kor: 'Korean',
  lat: 'Latin',
  nor: 'Norwegian',
  per: 'Persian',
  pol: 'Polish',
  por: 'Portuguese',
  rus: 'Russian',
  spa: 'Spanish',
  swe: 'Swedish',
  tur: 'Turkish',
  ukr: 'Ukrainian',
  vie: 'Vietnamese',
  zxx: 'no linguistic content',
};
