import { z } from 'zod';
import { Audience, Format, type Locale } from '../../contract/vocabulary.js';
import { Span } from '../../contract/intent.js';
import { wordsOf } from '../../lib/words.js';
import { singular } from '../../lib/stem.js';
import { readKnowledge } from '../knowledge-files.js';
import { Form } from './record-forms.js';

const list = z.array(z.coerce.string()).default([]);
const Entry = z.object({
  id: z.string().regex(/^[a-z0-9_]+$/),
  label: z.object({ en: z.string(), es: z.string() }),
  /** How patrons say it, by language; any language code may appear. */
  say: z.record(z.string(), z.array(z.string())),
  /** Words and phrases in records that mean exactly this, then that often go with it, then that hint at it. */
  strong: list,
  also: list,
  faint: list,
  /** Words in a record that speak against it. */
  against: list,
  authors: list,
  titles: list,
  classes: list,
  forms: z.array(Form).default([]),
  audiences: z.array(Audience).default([]),
  formats: z.array(Format).default([]),
  years: Span.optional(),
  /** Entries that this one includes at a lower weight. */
  includes: list,
  /** True when the entry is what is asked for as such (a form, an audience), so its words are no topic. */
  form_only: z.boolean().default(false),
  /** Weight of the whole entry against the patron's own words. */
  weight: z.number().min(0).max(5).default(1),
});
export type AdvisoryEntry = z.infer<typeof Entry>;

/** A phrase of the question that an entry answers to. */
export interface AdvisoryMatch {
  entry: AdvisoryEntry;
  /** Positions of the words it covers in the word list that was matched. */
  from: number;
  to: number;
  /** Language of the phrase. */
  language: string;
}

export interface Advisory {
  readonly entries: ReadonlyMap<string, AdvisoryEntry>;
  /** Entries named in a list of words, longest phrases first, none overlapping another. */
  match(words: readonly string[]): AdvisoryMatch[];
  label(id: string, locale: Locale): string;
}

const small = new Set('a an the of in on to for with about and or by that is are my at from el la los las de del un una en y con para sobre que le les des du et der die das und von il lo gli di e o os as do da'.split(' ')); // prettier-ignore

/**
 * Reads data/knowledge/advisory and overlays: a later entry of the same id replaces an earlier one. Throws naming the
 * file and the entry when one is not in the form it should be in.
 */
export function readAdvisory(dirs: readonly string[] = []): Advisory {
  const entries = new Map<string, AdvisoryEntry>();
  for (const { name, content } of readKnowledge('advisory', dirs)) {
    for (const raw of z.array(z.unknown()).parse(content)) {
      const parsed = Entry.safeParse(raw);
      if (!parsed.success) {
        const id = (raw as { id?: string } | null)?.id ?? '?';
        throw new Error(`advisory/${name}.yaml, entry ${id}: ${z.prettifyError(parsed.error)}`);
      }
      entries.set(parsed.data.id, parsed.data);
    }
  }
  interface Phrase {
    stems: string[];
    entry: AdvisoryEntry;
    language: string;
  }
  const byFirst = new Map<string, Phrase[]>();
  for (const entry of entries.values()) {
    for (const [language, phrases] of Object.entries(entry.say)) {
      for (const phrase of phrases) {
        const stems = phraseStems(wordsOf(phrase)).map(({ stem }) => stem);
        const first = stems[0];
        if (first === undefined) continue;
        byFirst.set(first, [...(byFirst.get(first) ?? []), { stems, entry, language }]);
      }
    }
  }
  return {
    entries,
    label: (id, locale) => entries.get(id)?.label[locale] ?? id,
    match(words) {
      const stems = phraseStems(words);
      const found: (AdvisoryMatch & { length: number })[] = [];
      stems.forEach(({ stem, at }, start) => {
        for (const phrase of byFirst.get(stem) ?? []) {
          const fits = phrase.stems.every((part, step) => stems[start + step]?.stem === part);
          const last = stems[start + phrase.stems.length - 1];
          if (fits && last) found.push({ ...phrase, from: at, to: last.at, length: phrase.stems.length });
        }
      });
      found.sort((a, b) => b.length - a.length || a.from - b.from || (a.entry.id < b.entry.id ? -1 : 1));
      const kept: (AdvisoryMatch & { length: number })[] = [];
      for (const match of found) {
        const clash = kept.some(
          (k) => match.from <= k.to && k.from <= match.to && !(k.from === match.from && k.to === match.to),
        );
        if (!clash && !kept.some((k) => k.entry.id === match.entry.id)) kept.push(match);
      }
      return kept;
    },
  };
}

function phraseStems(words: readonly string[]): { stem: string; at: number }[] {
  const all = words.map((word, at) => ({ stem: singular(word), at }));
  const content = all.filter(({ stem }) => !small.has(stem) && stem !== 's');
  return content.length > 0 ? content : all;
}
