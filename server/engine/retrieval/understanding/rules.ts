import { z } from 'zod';
import { Audience, Format, Locale } from '../../../contract/vocabulary.js';
import { fold } from '../../../lib/fold.js';
import { readKnowledge } from '../../knowledge-files.js';
import { compile } from './patterns.js';

const list = z.array(z.string());
const named = z.object({ label: z.string(), say: list });
const LocaleFile = z.object({
  language: Locale,
  function_words: list,
  chaff: list,
  stop: list,
  soft_stop: list,
  generic: list,
  languages: z.object({ hard: list, soft: list, original: list }),
  formats: z.partialRecord(Format, named),
  audiences: z.partialRecord(Audience, named),
  audience_subjects: list,
  ages: list,
  length: z.object({ max: list, min: list, between: list, short: list, long: list, not_length: list }),
  years: z.object({
    decade: list,
    after: list,
    before: list,
    between: list,
    in: list,
    recent: list,
    old: list,
  }),
  available: list,
  branch: list,
  fiction: z.object({ yes: list, no: list }),
  fiction_subjects: list,
  series: z.object({ named: list, volume: list, first: list }),
  author: z.object({ by: list, not: list, like: list }),
  title: z.object({ called: list }),
  like: list,
  without: list,
  without_not: list,
});
const ChipsFile = z.record(Locale, z.record(z.string(), z.string()));
const LanguagesFile = z.record(z.string(), z.object({ en: list, es: list, own: list }));

/** The patterns of one language, compiled. */
export type LocaleRules = ReturnType<typeof compileLocale>;

export interface Rules {
  locales: Record<Locale, LocaleRules>;
  /** What each language is called: the first name in English and Spanish, and how its speakers ask. */
  languages: { code: string; names: Record<Locale, string>; folded: string[]; own: RegExp }[];
  languageByName: Map<string, string>;
  formatLabels: Record<Locale, Partial<Record<Format, string>>>;
  audienceLabels: Record<Locale, Partial<Record<Audience, string>>>;
  /** Templates of chips by name; <a> and <b> are filled in. */
  chips: Record<Locale, Record<string, string>>;
  stop: Set<string>;
  softStop: Set<string>;
  /** Words that add nothing beside a limit. */
  generic: Set<string>;
}

/** Reads data/knowledge/understanding and overlays of it; a file of an overlay replaces the one of the same name. */
export function readRules(dirs: readonly string[] = []): Rules {
  const files = new Map(readKnowledge('understanding', dirs).map(({ name, content }) => [name, content]));
  const languages = Object.entries(LanguagesFile.parse(files.get('languages'))).map(
    ([code, { en, es, own }]) => ({
      code,
      names: { en: en[0] ?? code, es: es[0] ?? code },
      folded: [...en, ...es].map(fold),
      own: compile(own),
    }),
  );
  const byName = new Map(
    languages.flatMap(({ code, folded }) => folded.map((name): [string, string] => [name, code])),
  );
  const raw = { en: LocaleFile.parse(files.get('en')), es: LocaleFile.parse(files.get('es')) };
  const names = [...byName.keys()];
  const labels = <K extends string>(of: Partial<Record<K, { label: string }>>) =>
    Object.fromEntries(
      Object.entries(of).map(([key, value]) => [key, (value as { label: string }).label]),
    ) as Partial<Record<K, string>>;
  return {
    locales: { en: compileLocale(raw.en, names), es: compileLocale(raw.es, names) },
    languages,
    languageByName: byName,
    formatLabels: { en: labels<Format>(raw.en.formats), es: labels<Format>(raw.es.formats) },
    audienceLabels: { en: labels<Audience>(raw.en.audiences), es: labels<Audience>(raw.es.audiences) },
    chips: ChipsFile.parse(files.get('chips')),
    stop: new Set([...raw.en.stop, ...raw.es.stop].map(fold)),
    generic: new Set([...raw.en.generic, ...raw.es.generic].map(fold)),
    softStop: new Set([...raw.en.soft_stop, ...raw.es.soft_stop].map(fold)),
  };
}

function compileLocale(file: z.infer<typeof LocaleFile>, languageNames: readonly string[]) {
  const fill = { lang: languageNames };
  const compiledOf = <K extends string>(of: Partial<Record<K, { say: string[] }>>) =>
    (Object.entries(of) as [K, { say: string[] }][]).map(([value, { say }]) => ({
      value,
      pattern: compile(say),
    }));
  const each = <K extends string>(of: Record<K, string[]>) =>
    Object.fromEntries(
      Object.entries(of).map(([key, say]) => [key, compile(say as string[], fill)]),
    ) as Record<K, RegExp>;
  return {
    functionWords: new Set(file.function_words.map(fold)),
    chaff: compile(file.chaff),
    languages: each(file.languages),
    formats: compiledOf<Format>(file.formats),
    audiences: compiledOf<Audience>(file.audiences),
    audienceSubjects: compile(file.audience_subjects),
    ages: compile(file.ages),
    length: each(file.length),
    years: each(file.years),
    available: compile(file.available),
    /** Branch names are the catalogue's, so this one is compiled when a catalogue is opened. */
    branch: (branchNames: readonly string[]) => compile(file.branch, { branch: branchNames }),
    fiction: each(file.fiction),
    fictionSubjects: compile(file.fiction_subjects),
    series: each(file.series),
    author: each(file.author),
    title: each(file.title),
    like: compile(file.like),
    without: compile(file.without),
    withoutNot: compile(file.without_not),
  };
}
