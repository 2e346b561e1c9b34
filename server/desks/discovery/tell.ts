import type { Availability } from '../../contract/availability.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { authorName } from '../../engine/catalogue/covered.js';
import { callNumberOf } from './cards.js';
import { branchesWith, firstDue } from './shelf-sentence.js';
import type { Step } from './steer.js';
import type { Wording } from './wording.js';

const MAX_SUMMARY = 320;

/** One question about one record, answered from the record; `availability` matters only to "where is it". */
export function tellOf(
  of: Extract<Step, { kind: 'tell' }>['of'],
  bib: Bib,
  availability: Availability,
  wording: Wording,
): string {
  const lines = wording.phrases.about;
  const title = wording.title(bib.title.text);
  switch (of) {
    case 'author_of': {
      const author = authorName(bib)?.text;
      return author === undefined
        ? wording.fill(lines.author_unknown, { title })
        : wording.fill(lines.author, { title, author }).replace(/\.\.$/, '.');
    }
    case 'about_of':
      return aboutOf(bib, title, wording);
    case 'length_of':
      return lengthOf(bib, title, wording);
    case 'where_of':
      return whereOf(bib, title, availability, wording);
    case 'next_in_series':
      return wording.fill(lines.next, { title });
  }
}

function aboutOf(bib: Bib, title: string, wording: Wording): string {
  const lines = wording.phrases.about;
  if (bib.summary !== undefined)
    return wording.fill(lines.summary, { title, summary: shortened(bib.summary) });
  const subjects = bib.subjects.slice(0, 3).map((subject) => subject.text.replace(/\.$/, ''));
  if (subjects.length === 0) return wording.fill(lines.summary_unknown, { title });
  return wording.fill(lines.subjects, { title, subjects: wording.list(subjects) });
}

function lengthOf(bib: Bib, title: string, wording: Wording): string {
  const lines = wording.phrases.about;
  if (bib.pages !== undefined) return wording.fill(lines.pages, { title, pages: bib.pages });
  if (bib.durationMinutes !== undefined)
    return wording.fill(lines.minutes, { title, minutes: bib.durationMinutes });
  if (bib.extent !== undefined)
    return wording.fill(lines.extent, { title, extent: bib.extent.replace(/[\s.:;,+]+$/, '') });
  return wording.fill(lines.length_unknown, { title });
}

function whereOf(bib: Bib, title: string, availability: Availability, wording: Wording): string {
  const lines = wording.phrases.about;
  const call = callNumberOf(bib);
  const said = { title, ...(call !== undefined && { call }) };
  if (availability.state === 'online') return wording.fill(lines.where_online, said);
  if (availability.stale && availability.asOf !== null) {
    const time = wording.time(availability.asOf);
    const isIn = availability.state === 'available';
    const branches = wording.list(branchesWith(availability));
    const [called, plain] = isIn
      ? [lines.where_was_in, lines.where_was_in_plain]
      : [lines.where_was_out, lines.where_was_out_plain];
    return wording.fill(call === undefined ? plain : called, { ...said, time, branches });
  }
  if (availability.state === 'available') {
    const branches = wording.list(branchesWith(availability));
    return wording.fill(call === undefined ? lines.where_in_plain : lines.where_in, { ...said, branches });
  }
  if (availability.state === 'unknown') {
    return wording.fill(call === undefined ? lines.where_unknown_plain : lines.where_unknown, said);
  }
  const due = firstDue([availability]);
  if (call === undefined) return wording.fill(lines.where_out_plain, said);
  return due
    ? wording.fill(lines.where_out_due, { ...said, date: wording.date(due) })
    : wording.fill(lines.where_out, said);
}

/** Cut at the end of a sentence where there is one, else at a word, with the cut shown. */
function shortened(summary: string): string {
  if (summary.length <= MAX_SUMMARY) return summary;
  const head = summary.slice(0, MAX_SUMMARY);
  const sentence = /^.*[.!?](?=\s)/su.exec(head)?.[0];
  return sentence !== undefined && sentence.length > 80 ? sentence : `${head.replace(/\s+\S*$/u, '')} …`;
}
