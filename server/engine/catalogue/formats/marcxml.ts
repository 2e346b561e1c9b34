import sax from 'sax';
import type { Frame } from './frame.js';
import type { ParsedRecord } from './iso2709-record.js';
import { controlField, dataField, leaderOf, type MarcField, type Subfield } from './marc-record.js';
import { addNotice, notice, type Notice } from './notices.js';
import { refusedType } from './record-type.js';
import { tidyText } from './text-repair.js';

const bareAmpersand = /&(?!(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9A-Fa-f]+);)/g;
// XML's five and those of HTML, which careless exports use.
const knownEntities = sax.parser(true).ENTITIES;
const entity = /&([A-Za-z][A-Za-z0-9]*);/g;

/**
 * Reads one `record` element of MARCXML, prefixes ignored; attributes that are missing are repaired. The text is
 * decoded by `decode`. Elements that do not balance, or characters XML forbids, make the record refused, with the
 * line of the file. Document types and external entities are never read.
 */
export function parseMarcXml(frame: Frame, decode: (bytes: Buffer) => string): ParsedRecord {
  const notices: Notice[] = [];
  if (frame.damage === 'truncated')
    return { refusal: notice('xml_not_well_formed', { detail: whereIs(frame, 0) }) };
  const text = repairedText(decode(frame.bytes), notices);
  const forbidden = forbiddenAt(text);
  if (forbidden >= 0)
    return {
      refusal: notice('xml_not_well_formed', { detail: whereIs(frame, linesBefore(text, forbidden)) }),
    };

  const parser = sax.parser(true);
  let leader = '';
  const fields: MarcField[] = [];
  let element = '';
  let content = '';
  let tag = '';
  let ind1 = ' ';
  let ind2 = ' ';
  let code = '';
  let subfields: Subfield[] = [];
  let failedAt = -1;

  parser.onerror = () => {
    if (failedAt < 0) failedAt = parser.line;
    parser.error = null as unknown as Error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const attribute = (key: string) => (attributes as Record<string, string>)[key] ?? '';
    element = localName(name);
    content = '';
    if (element === 'controlfield' || element === 'datafield') {
      tag = attribute('tag');
      ind1 = attribute('ind1');
      ind2 = attribute('ind2');
      subfields = [];
    } else if (element === 'subfield') code = attribute('code');
  };
  parser.ontext = (part) => (content += part);
  parser.oncdata = (part) => (content += part);
  parser.onclosetag = (name) => {
    const closed = localName(name);
    if (closed === 'leader') leader = content;
    else if (closed === 'controlfield') addField(controlField(tag, tidyText(content, false)));
    else if (closed === 'subfield') addSubfield();
    else if (closed === 'datafield') addField(dataField(tag, ind1, ind2, subfields));
    content = '';
  };

  function addSubfield(): void {
    const value = tidyText(content, false);
    if (/^[!-~]$/.test(code)) subfields.push({ code, text: value });
    else if (value.trim() !== '') addNotice(notices, 'subfield_code_missing', { field: tag });
  }
  function addField(field: MarcField): void {
    if (/^[0-9A-Za-z]{3}$/.test(field.tag)) fields.push(field);
    else addNotice(notices, 'tag_damaged', { field: field.tag });
  }

  parser.write(text).close();
  if (failedAt >= 0) return { refusal: notice('xml_not_well_formed', { detail: whereIs(frame, failedAt) }) };
  if (fields.length === 0) return { refusal: notice('no_fields') };
  const record = { leader: leaderOf(leader.replace(/[\t\n\r]/g, ' ')), fields };
  const refused = refusedType(record.leader);
  return refused === undefined ? { record, notices } : { refusal: notice(refused), record };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** A bare & and entities of HTML or of a lost document type are text. */
function repairedText(text: string, notices: Notice[]): string {
  if (!text.includes('&')) return text;
  const repaired = text
    .replace(bareAmpersand, '&amp;')
    .replace(entity, (whole, name: string) => (name in knownEntities ? whole : `&amp;${name};`));
  if (repaired !== text) addNotice(notices, 'xml_ampersand');
  return repaired;
}

/** Place of a character that XML 1.0 forbids, or -1. */
function forbiddenAt(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character < 0x20 && character !== 0x09 && character !== 0x0a && character !== 0x0d) return at;
    if (character === 0xfffe || character === 0xffff) return at;
  }
  return -1;
}

function linesBefore(text: string, at: number): number {
  return text.slice(0, at).split('\n').length - 1;
}

function whereIs(frame: Frame, linesIn: number): string {
  return `line ${(frame.line ?? 1) + linesIn}`;
}
