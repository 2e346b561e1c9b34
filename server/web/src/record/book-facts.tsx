import type { ReactNode } from 'react';
import type { RecordView, Scripted } from '../../../contract/record.js';
import { Link } from '../address.js';
import { languageName } from '../api/languages.js';
import { dashed } from '../card/headings.js';
import type { Phrases } from '../phrases/phrases.js';
import { usePhrases } from '../phrases/speech.js';
import { searchAddress } from '../route.js';

/** All that the catalogue says about a title, as a quiet list of terms and facts; empty terms are left out. */
export function BookFacts({ record }: { record: RecordView }): ReactNode {
  const phrases = usePhrases();
  const facts = factsOf(record, phrases).filter(([, values]) => values.length > 0);
  if (facts.length === 0) return null;
  return (
    <section className="facts" aria-labelledby="facts">
      <h2 id="facts" className="section-heading">
        {phrases.aboutThis}
      </h2>
      <dl>
        {facts.map(([term, values]) => (
          <div key={term}>
            <dt>{term}</dt>
            {values.map((value, i) => (
              <dd key={i} dir="auto">
                {value}
              </dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

function factsOf(record: RecordView, phrases: Phrases): [string, ReactNode[]][] {
  const { field } = phrases;
  const named = (codes: readonly string[]): ReactNode[] => {
    const names = codes.map((code) => languageName(code, phrases.locale));
    return names.length === 0 ? [] : [names.join(', ')];
  };
  const published = [record.publisher && both(record.publisher), record.year].filter((p) => p !== undefined);
  return [
    [field.subjects, record.subjects.map((subject) => search(dashed(both(subject)), subject.text))],
    [field.genres, record.genres.map((genre) => search(dashed(genre), genre))],
    [
      field.series,
      record.series.map(({ name, volume }) =>
        search(volume === undefined ? name : phrases.seriesVolume(name, volume), name),
      ),
    ],
    [field.language, named(record.languages)],
    [
      field.translatedFrom,
      named(record.original_languages.filter((code) => !record.languages.includes(code))),
    ],
    [
      field.audience,
      [...(record.audience ? [phrases.audience[record.audience]] : []), ...record.audience_notes],
    ],
    [field.published, published.length === 0 ? [] : [published.join(', ')]],
    [field.edition, record.edition === undefined ? [] : [record.edition]],
    [field.extent, extentOf(record, phrases)],
    [field.responsibility, record.responsibility ? [both(record.responsibility)] : []],
    [field.otherTitles, record.other_titles.map(both)],
    [field.related, record.related_works.map((work) => search(work, work))],
    [phrases.awards, record.awards],
    [field.isbn, record.isbns],
    [field.issn, record.issns],
  ];
}

function both({ text, original }: Scripted): string {
  return original === undefined ? text : `${original} (${text})`;
}

function extentOf({ extent, pages }: RecordView, phrases: Phrases): string[] {
  if (extent !== undefined) return [extent];
  return pages === undefined ? [] : [phrases.pages(pages)];
}

function search(shown: string, words: string): ReactNode {
  return <Link to={searchAddress(words)}>{shown}</Link>;
}
