import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Audience, Locale } from '../../contract/vocabulary.js';

const line = z.string().min(1);
const plural = z.strictObject({ one: line, other: line });
const section = <K extends string>(...keys: K[]) =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, line])) as Record<K, typeof line>);

/** What data/phrases/LOCALE.yaml must hold: a sentence missing there stops the start, not a patron's turn. */
export const Phrases = z.strictObject({
  numbers: z.array(line).length(13),
  title: line,
  title_by: line,
  word: line,
  things: z.strictObject({
    book: plural,
    large_print: plural,
    braille: plural,
    audiobook: plural,
    ebook: plural,
    eaudiobook: plural,
    comic: plural,
    film: plural,
    music: plural,
    score: plural,
    map: plural,
    serial: plural,
    game: plural,
    mixed: plural,
  }),
  limits: section(
    ...(['format', 'author', 'series', 'language', 'age', 'pages_max', 'pages_min', 'pages_span'] as const),
    ...(['years_min', 'years_max', 'years_span', 'years_one', 'branch'] as const),
  ).extend({ audience: z.record(Audience, line) }),
  found: plural,
  found_close: plural,
  found_of: plural,
  found_heading: plural,
  found_heading_all: plural,
  found_like: plural,
  found_title: line,
  found_named: plural,
  found_first: plural,
  found_partly: plural,
  found_more: plural,
  found_in: plural,
  back: line,
  guess_summary: line,
  guess_heading: line,
  guess: line,
  corrected: line,
  correction: line,
  nothing: line,
  nothing_limits: line,
  nothing_topic: line,
  nothing_else: line,
  no_more: line,
  relaxed: line,
  relaxed_else: line,
  relaxed_topic: line,
  relaxed_on: line,
  relaxed_near: plural,
  none_in: line,
  none_in_near: plural,
  similar_question: line,
  words_only: line,
  shelf: section(
    ...(['all_in', 'single_in', 'single_out', 'single_out_due', 'out', 'out_due'] as const),
    ...(['single_online', 'as_of_none', 'away'] as const),
  ).extend({ here: plural, not_here: plural, in: plural, online: plural, as_of: plural, partly: plural }),
  about: section(
    ...(['author', 'author_unknown', 'summary', 'subjects', 'summary_unknown', 'pages', 'minutes'] as const),
    ...(['extent', 'length_unknown', 'where_in', 'where_in_plain', 'where_out', 'where_out_due'] as const),
    ...(['where_was_in', 'where_was_in_plain', 'where_was_out', 'where_was_out_plain'] as const),
    ...(['where_out_plain', 'where_unknown', 'where_unknown_plain', 'where_online'] as const),
    ...(['next', 'next_unknown', 'which'] as const),
  ),
  talk: section(
    ...([
      'hello',
      'thanks',
      'help',
      'librarian',
      'refusal',
      'anger',
      'library',
      'unclear',
      'start_over',
      'nothing_left',
      'undo_none',
      'not_seen',
    ] as const),
  ),
  why: section(
    ...([
      'title',
      'author',
      'series',
      'subject',
      'genre',
      'summary',
      'contents',
      'isbn',
      'audience',
    ] as const),
    ...(['format', 'language', 'length', 'similar', 'shared', 'same_series', 'none'] as const),
  ),
  suggest: section(
    ...(['available', 'shorter', 'newer', 'like_first', 'more', 'next', 'author', 'language'] as const),
    ...(['undo', 'start_over', 'librarian'] as const),
  ),
  model: section('reread', 'chosen', 'similar', 'busy', 'gone').extend({ busy_seconds: plural }),
  plain_headings: z.array(line),
  examples: z.array(line).min(3),
});
export type Phrases = z.infer<typeof Phrases>;
export type Plural = z.infer<typeof plural>;

/** Reads `DATA_DIR/phrases/LOCALE.yaml` for every locale; throws naming the file and the lines that are missing. */
export function readPhrases(dataDir: string): Readonly<Record<Locale, Phrases>> {
  const entries = Locale.options.map((locale) => {
    const file = join(dataDir, 'phrases', `${locale}.yaml`);
    const read = Phrases.safeParse(parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
    return [locale, read.data] as const;
  });
  return Object.fromEntries(entries) as Record<Locale, Phrases>;
}
