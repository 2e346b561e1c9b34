import { IlsFault } from '../ils/ils-fault.js';
import { isInside, recordXml, walkXml, type XmlElement } from './xml-walk.js';

/** A record of a result, or the diagnostic that stands in its place. */
export interface SruRecord {
  marcxml: string | undefined;
  /** Field 001, else the identifier that the server gives it. */
  key: string | undefined;
  /** Number of an info:srw/diagnostic/1/… that came instead. */
  diagnostic: number | undefined;
}

export interface SruAnswer {
  total: number;
  records: SruRecord[];
  next: number | undefined;
  /** Of the answer as a whole; those in place of single records stand there. */
  diagnostics: number[];
}

/** Reads an answer; throws IlsFault `cut_off` when it stops in the middle, `foreign` when it is no search result. */
export function readSruAnswer(text: string, system: string): SruAnswer {
  const answer: SruAnswer = { total: 0, records: [], next: undefined, diagnostics: [] };
  let isSru = false;
  let hasTotal = false;
  let record: SruRecord = { marcxml: undefined, key: undefined, diagnostic: undefined };
  let identifier: string | undefined;

  const isWhole = walkXml(text, (element, end) => {
    const { name, parent } = element;
    if (parent === undefined) isSru ||= name === 'searchRetrieveResponse';
    else if (name === 'uri' && parent.name === 'diagnostic') {
      const number = diagnosticOf(element);
      if (isInside(element, 'recordData')) record.diagnostic ??= number;
      else answer.diagnostics.push(number);
    } else if (parent.parent === undefined) {
      if (name === 'numberOfRecords') {
        answer.total = Number(element.text);
        hasTotal = /^\s*\d+\s*$/.test(element.text);
      } else if (name === 'nextRecordPosition') answer.next = positionOf(element);
    } else if (isInside(element, 'recordData')) {
      if (isNumberField(element)) record.key ??= element.text.trim();
      else if (name === 'record') record.marcxml ??= recordXml(text, element, end);
    } else if (name === 'recordIdentifier') identifier = element.text.trim();
    else if (name === 'recordData' && record.marcxml === undefined) unpack(element.text, record);
    else if (name === 'record' && parent.name === 'records') {
      answer.records.push({ ...record, key: record.key || identifier || undefined });
      record = { marcxml: undefined, key: undefined, diagnostic: undefined };
      identifier = undefined;
    }
  });

  const opensAsSru = /<(?:[\w.-]+:)?searchRetrieveResponse[\s>]/.test(text);
  if (!isWhole) throw new IlsFault(opensAsSru ? 'cut_off' : 'foreign', system);
  if (!isSru || (!hasTotal && answer.diagnostics.length === 0)) throw new IlsFault('foreign', system);
  return answer;
}

/** A record that was packed as text: unescaped by now, it is XML of its own. */
function unpack(text: string, record: SruRecord): void {
  if (!text.includes('<')) return;
  walkXml(text, (element, end) => {
    if (isNumberField(element)) record.key ??= element.text.trim();
    else if (element.name === 'record') record.marcxml ??= recordXml(text, element, end);
    else if (element.name === 'uri' && element.parent?.name === 'diagnostic') {
      record.diagnostic ??= diagnosticOf(element);
    }
  });
}

function isNumberField(element: XmlElement): boolean {
  return element.name === 'controlfield' && element.attributes['tag'] === '001';
}

/** 0 for a diagnostic of another list than SRU's own. */
function diagnosticOf(element: XmlElement): number {
  return Number(/^info:srw\/diagnostic\/1\/(\d+)$/.exec(element.text.trim())?.[1] ?? 0);
}

function positionOf(element: XmlElement): number | undefined {
  const position = Number(element.text.trim());
  return Number.isInteger(position) && position > 0 ? position : undefined;
}
