import type { RecordBrief, Scripted } from '../../contract/record.js';
import type { Bib } from './bib.js';

/** The main author as catalogued, or the first person named in an authoring role; undefined when none is. */
export function authorOf(bib: Bib): Bib['contributors'][number] | undefined {
  return (
    bib.contributors.find((one) => one.main) ??
    bib.contributors.find(
      (one) => one.role === undefined || /author|writer|creator|director|composer/i.test(one.role),
    ) ??
    bib.contributors[0]
  );
}

/** The author's name as it is spoken, in both scripts. */
export function authorName(bib: Bib): Scripted | null {
  const author = authorOf(bib);
  if (!author) return null;
  const spoken = (text: string): string => (author.kind === 'person' ? naturalName(text) : text);
  return {
    text: spoken(author.text),
    ...(author.original !== undefined && { original: spoken(author.original) }),
    ...(author.direction !== undefined && { direction: author.direction }),
  };
}

/**
 * A name as it is spoken: "Le Guin, Ursula K." becomes "Ursula K. Le Guin", and the fuller form in "Lewis, C. S. (Clive
 * Staples)" is left out. Chinese, Japanese and Korean names keep their order; a name without a comma keeps its own.
 */
export function naturalName(asCatalogued: string): string {
  const name = asCatalogued.replace(/\s*[(（][^)）]*[)）]/gu, '').trim() || asCatalogued;
  const [family, given, ...rest] = name.split(/\s*[,،،]\s*/).filter(Boolean);
  if (family === undefined || given === undefined) return name.trim();
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(family))
    return family + given;
  return [`${given} ${family}`, ...rest].join(', ');
}

/** What a record's cover is made from, the same wherever the record is shown. */
export function coveredOf(bib: Bib): Pick<RecordBrief, 'title' | 'author' | 'subject' | 'format' | 'cover'> {
  return {
    title: bib.title,
    author: authorName(bib),
    subject: bib.subjects[0]?.text ?? bib.genres[0] ?? null,
    format: bib.format,
    cover: null,
  };
}
