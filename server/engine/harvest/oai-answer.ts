import { IlsFault } from '../ils/ils-fault.js';
import type { HarvestedRecord } from './feed.js';
import { EMPTY_RECORD, isInside, recordXml, walkXml } from './xml-walk.js';

/** One answer of an OAI-PMH repository, whichever verb it was asked. */
export interface OaiAnswer {
  /** By the repository's own clock. */
  responseDate: string | undefined;
  /** Codes of its error elements, such as noRecordsMatch. */
  errors: string[];
  records: HarvestedRecord[];
  /** Where the list goes on; undefined at its end. */
  token: string | undefined;
  /** Records in the whole list, where the repository counts them. */
  total: number | undefined;
  granularity: string | undefined;
  deletedRecord: string | undefined;
  formats: { prefix: string; namespace: string }[];
}

/** Reads an answer; throws IlsFault `cut_off` when it stops in the middle, `foreign` when it is no OAI-PMH. */
export function readOaiAnswer(text: string, system: string): OaiAnswer {
  const answer: OaiAnswer = {
    responseDate: undefined,
    errors: [],
    records: [],
    token: undefined,
    total: undefined,
    granularity: undefined,
    deletedRecord: undefined,
    formats: [],
  };
  let isOai = false;
  let hasNamelessRecord = false;
  let key = '';
  let deleted = false;
  let marcxml: string | undefined;
  let prefix = '';
  let namespace = '';

  const isWhole = walkXml(text, (element, end) => {
    const { name, parent } = element;
    const said = (): string => element.text.trim();
    if (parent === undefined) isOai ||= name === 'OAI-PMH';
    else if (parent.name === 'OAI-PMH') {
      if (name === 'responseDate') answer.responseDate = said();
      else if (name === 'error') answer.errors.push(element.attributes['code'] ?? '');
    } else if (parent.name === 'Identify') {
      if (name === 'granularity') answer.granularity = said();
      else if (name === 'deletedRecord') answer.deletedRecord = said();
    } else if (parent.name === 'metadataFormat') {
      if (name === 'metadataPrefix') prefix = said();
      else if (name === 'metadataNamespace') namespace = said();
    } else if (name === 'metadataFormat') {
      answer.formats.push({ prefix, namespace });
      prefix = namespace = '';
    } else if (parent.name === 'ListRecords') {
      if (name === 'resumptionToken') {
        answer.token = said() || undefined;
        answer.total = totalOf(element.attributes['completeListSize']);
      } else if (name === 'record') endRecord();
    } else if (parent.parent?.parent?.name === 'ListRecords' && parent.name === 'header') {
      if (name === 'identifier') key = said();
    } else if (name === 'header' && parent.parent?.name === 'ListRecords') {
      deleted = element.attributes['status'] === 'deleted';
    } else if (name === 'record' && marcxml === undefined && isInside(element, 'metadata')) {
      marcxml = recordXml(text, element, end);
    }
  });

  function endRecord(): void {
    if (key === '') hasNamelessRecord = true;
    else if (deleted) answer.records.push({ key, deleted });
    else answer.records.push({ key, deleted, marcxml: marcxml ?? EMPTY_RECORD });
    key = '';
    deleted = false;
    marcxml = undefined;
  }

  const opensAsOai = /<(?:[\w.-]+:)?OAI-PMH[\s>]/.test(text);
  if (!isWhole) throw new IlsFault(opensAsOai ? 'cut_off' : 'foreign', system);
  if (!isOai || hasNamelessRecord) throw new IlsFault('foreign', system);
  return answer;
}

function totalOf(said: string | undefined): number | undefined {
  return said !== undefined && /^\d+$/.test(said) ? Number(said) : undefined;
}
