/**
 * Everything the reader may have to say about a file or a record. `kind`: `repaired` - imported after a repair;
 * `refused` - not imported; `note` - nothing was lost, but staff may want to know. `about`: `file` for what an export,
 * a transfer or an encoding did; `cataloguing` for what the record itself lacks.
 */
export const noticeTable = {
  byte_order_mark: {
    kind: 'note',
    about: 'file',
    sentence: 'The file begins with a byte order mark, which does not belong in a MARC file; it was skipped.',
  },
  line_breaks_between_records: {
    kind: 'note',
    about: 'file',
    sentence:
      'There are line breaks between the records, as a transfer in text mode leaves them; they were skipped.',
  },
  filler_between_records: {
    kind: 'note',
    about: 'file',
    sentence: 'There are filler bytes between or after the records; they were skipped.',
  },
  xml_comments: {
    kind: 'note',
    about: 'file',
    sentence: 'The XML holds comments; they were skipped.',
  },
  transcoded: {
    kind: 'note',
    about: 'file',
    sentence: 'The file is not in UTF-8; it was converted while reading.',
  },
  unimarc_file: {
    kind: 'note',
    about: 'file',
    sentence:
      'The file is UNIMARC, not MARC 21; titles, names, subjects and dates were read, the rest was not.',
  },
  gzip_cut: {
    kind: 'note',
    about: 'file',
    sentence:
      'The compressed file ends too early, so the export or the copy was interrupted; what is there was read.',
  },
  columns_ignored: {
    kind: 'note',
    about: 'file',
    sentence: 'Some columns of the table have no known meaning and were left out.',
  },
  length_wrong: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record is not as long as it says; its real end was found by its terminator.',
  },
  record_oversize: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record is longer than the 99,999 bytes MARC can count; it was read by its terminators.',
  },
  base_address_wrong: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record does not say correctly where its fields begin; the place was found.',
  },
  directory_rebuilt: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record’s table of fields is wrong; the fields were read by their terminators.',
  },
  record_incomplete: {
    kind: 'repaired',
    about: 'file',
    sentence: 'Bytes are missing inside this record; what stands before the gap was kept.',
  },
  record_truncated: {
    kind: 'repaired',
    about: 'file',
    sentence:
      'The file ends in the middle of this record, so the export or the copy was interrupted; what is there was kept.',
  },
  leader_damaged: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record’s leader holds characters that have no place there; they were read as blank.',
  },
  tag_damaged: {
    kind: 'repaired',
    about: 'file',
    sentence: 'A field has a tag that is not three letters or digits; the field was not used.',
  },
  indicators_damaged: {
    kind: 'repaired',
    about: 'file',
    sentence: 'A field lacks its two indicators; they were read as blank.',
  },
  subfield_code_missing: {
    kind: 'repaired',
    about: 'file',
    sentence: 'A subfield has no code; its text was left out.',
  },
  encoding_mislabelled: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The record names another character encoding than it is written in; the real one was used.',
  },
  encoding_legacy: {
    kind: 'repaired',
    about: 'file',
    sentence:
      'The record is written in an undeclared Windows or ISO encoding, which was guessed; please check its letters.',
  },
  characters_lost: {
    kind: 'repaired',
    about: 'file',
    sentence: 'Some bytes stand for no character; each was replaced by the mark �.',
  },
  charset_not_closed: {
    kind: 'repaired',
    about: 'file',
    sentence:
      'A MARC-8 field does not switch back from another alphabet; Latin letters and digits in it may be wrong.',
  },
  mark_without_letter: {
    kind: 'repaired',
    about: 'file',
    sentence: 'A diacritic stands before no letter.',
  },
  unimarc: {
    kind: 'note',
    about: 'cataloguing',
    sentence:
      'This is a UNIMARC record, not MARC 21; title, names, subjects and dates were read, the rest was not.',
  },
  xml_ampersand: {
    kind: 'repaired',
    about: 'file',
    sentence: 'The XML of this record holds a bare & or an unknown entity; it was read as text.',
  },
  row_uneven: {
    kind: 'repaired',
    about: 'file',
    sentence: 'This row has more or fewer cells than the header; cells were matched from the left.',
  },
  id_missing: {
    kind: 'note',
    about: 'cataloguing',
    sentence: 'The record has no number (field 001), so one was made from its content.',
  },
  title_missing: {
    kind: 'note',
    about: 'cataloguing',
    sentence: 'The record has no title; the nearest thing to one is shown.',
  },
  not_a_record: {
    kind: 'refused',
    about: 'file',
    sentence: 'These bytes are no MARC record.',
  },
  record_over_limit: {
    kind: 'refused',
    about: 'file',
    sentence: 'The record runs past 8 MiB without an end.',
  },
  no_fields: {
    kind: 'refused',
    about: 'file',
    sentence: 'The record has no readable fields.',
  },
  authority_record: {
    kind: 'refused',
    about: 'file',
    sentence:
      'This is an authority record, which describes a name or a subject and not something on the shelves.',
  },
  holdings_record: {
    kind: 'refused',
    about: 'file',
    sentence:
      'This is a separate holdings record; export the holdings inside the bibliographic records instead.',
  },
  classification_record: {
    kind: 'refused',
    about: 'file',
    sentence: 'This is a classification or community record, not something on the shelves.',
  },
  xml_not_well_formed: {
    kind: 'refused',
    about: 'file',
    sentence: 'The XML of this record is not well-formed.',
  },
  json_invalid: {
    kind: 'refused',
    about: 'file',
    sentence: 'The JSON of this record cannot be read.',
  },
  row_invalid: {
    kind: 'refused',
    about: 'file',
    sentence: 'This row cannot be read as a row of the table.',
  },
  row_empty: {
    kind: 'refused',
    about: 'cataloguing',
    sentence: 'This row has neither a title nor an id.',
  },
} as const satisfies Record<
  string,
  { kind: 'repaired' | 'refused' | 'note'; about: 'file' | 'cataloguing'; sentence: string }
>;

export type NoticeCode = keyof typeof noticeTable;

/** One thing said about a file or a record: code and plain sentence of the table, the MARC field or column it is about. */
export interface Notice {
  code: NoticeCode;
  message: string;
  field?: string;
}

/** The notice of a code; `detail`, such as "line 72", follows the sentence of the table in parentheses. */
export function notice(code: NoticeCode, about: { field?: string; detail?: string } = {}): Notice {
  const sentence = noticeTable[code].sentence;
  const message = about.detail === undefined ? sentence : `${sentence.slice(0, -1)} (${about.detail}).`;
  return { code, message, ...(about.field !== undefined && { field: about.field }) };
}

/** Adds a notice unless the list has one of its code already; fields of equal codes are joined, at most five. */
export function addNotice(
  list: Notice[],
  code: NoticeCode,
  about: { field?: string; detail?: string } = {},
): void {
  const present = list.find((n) => n.code === code);
  if (present === undefined) {
    list.push(notice(code, about));
    return;
  }
  const field = about.field;
  if (field === undefined) return;
  const named = present.field === undefined ? [] : present.field.split(', ');
  if (named.length < 5 && !named.includes(field)) present.field = [...named, field].join(', ');
}
