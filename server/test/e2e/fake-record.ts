import type { Recommendation } from '../../contract/conversation.js';
import type { RecordView } from '../../contract/record.js';

const eleven = ['Alder, Ada', 'Birch, Ben', 'Cedar, Cleo', 'Dogwood, Dan', 'Elm, Eve', 'Fir, Finn', 'Gorse, Gwen', 'Hazel, Hugo', 'Ivy, Ida', 'Juniper, Jo', 'Kapok, Kit']; // prettier-ignore

/** A full record around a card: rich for most, and bare for the one without an author. */
export function recordFor(book: Recommendation): RecordView {
  const bare = book.author === null;
  const contributors: RecordView['contributors'] = bare
    ? []
    : book.record_id === 'a5'
      ? eleven.map((text, i) => ({ text, kind: 'person' as const, role: i === 0 ? 'author' : 'contributor' }))
      : [
          { ...(book.author ?? { text: '' }), kind: 'person' as const, role: 'author' },
          { text: 'Carmichael, Ian, 1920-2010', kind: 'person' as const, role: 'narrator' },
        ];
  return {
    record_id: book.record_id,
    title: book.title,
    ...(book.record_id === 'm1' && { subtitle: { text: 'changes rung on an old theme in two short touches and two full peals' } }),
    other_titles: bare ? [] : [{ text: 'Changes rung on an old theme' }],
    contributors,
    related_works: [],
    ...(book.year !== null && { year: book.year }),
    ...(!bare && { publisher: { text: 'Gollancz' }, edition: 'First edition', extent: '331 pages : illustrations ; 22 cm' }),
    format: book.format,
    languages: book.languages,
    original_languages: book.languages[0] === 'eng' ? [] : book.languages,
    ...(!bare && { audience: 'adult' as const }),
    audience_notes: [],
    ...(!bare && {
      summary:
        'A car runs into a ditch on New Year’s Eve and its owner is asked to help ring in the year for nine hours. In spring a body turns up in a grave where nobody buried it. A slow, exact mystery of bells, floods and an old theft.',
    }),
    ...(!bare && { contents: 'The bells are rung up. — The bells in their courses. — Lord Peter is called into the hunt. — The slow work.' }),
    content_warnings: book.record_id === 'm1' ? ['Mentions a death by drowning.'] : [],
    notes: bare ? [] : ['Includes a plan of the church.'],
    awards: book.record_id === 'm1' ? ['Rusty Dagger, 1996'] : [],
    subjects: book.subject === null ? [] : [{ text: book.subject, parts: book.subject.split(' — ') }, { text: 'Bell ringers — England — Fiction', parts: ['Bell ringers', 'England', 'Fiction'] }],
    genres: bare ? [] : ['Detective and mystery fiction'],
    series: book.series ? [book.series] : [],
    isbns: bare ? [] : ['9780151658978'],
    issns: [],
    links: book.availability.state === 'online' ? [{ url: 'https://example.org/read/1', label: 'Read at Open Shelf' }] : [],
    ...(book.call_number !== null && { call_number: book.call_number }),
  }; // prettier-ignore
}
