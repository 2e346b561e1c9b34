import { hash } from 'node:crypto';
import type { Frame } from '../catalogue/formats/frame.js';
import { frameOutcome } from '../catalogue/formats/framed-records.js';
import { parseMarcXml } from '../catalogue/formats/marcxml.js';
import type { MarcKnowledge } from '../catalogue/mapping/knowledge.js';
import { createMarcMapper, type MapMarc } from '../catalogue/mapping/marc-to-bib.js';
import { EMPTY_RECORD, escapeXml } from './xml-walk.js';

/** A harvested record as it goes into the spool. */
export interface SpoolRecord {
  xml: string;
  digest: Buffer;
  /** The id that the import will give it, undefined where nobody can read it; and whether the import will refuse it. */
  read(): { id: string | undefined; isReadable: boolean };
}

const DIGEST_BYTES = 16;
const holdsRecord = /<(?:[\w.-]+:)?record[\s>]/;

/**
 * Reads harvested records as the import will read them, so that a feed's key and the catalogue's id for the same record
 * can be told from each other. With `keysAreIlsIds` each record is given its key as the number of the library's system.
 * What is known of MARC is fetched only once a record has to be read.
 */
export function createRecordReader(
  knowledge: () => MarcKnowledge,
  options: { keysAreIlsIds: boolean; profile?: string | undefined },
): (record: { key: string; marcxml: string }) => SpoolRecord {
  let map: MapMarc | undefined;
  return ({ key, marcxml }) => {
    const given = holdsRecord.test(marcxml) ? marcxml : EMPTY_RECORD;
    const xml = options.keysAreIlsIds && given !== EMPTY_RECORD ? withNumber(given, key) : given;
    const bytes = Buffer.from(xml);
    return {
      xml,
      digest: hash('sha256', bytes, 'buffer').subarray(0, DIGEST_BYTES),
      read() {
        map ??= createMarcMapper(knowledge(), { profile: options.profile });
        const parse = (frame: Frame) => parseMarcXml(frame, (text) => text.toString('utf8'));
        const outcome = frameOutcome({ offset: 0, bytes }, 0, parse, map);
        return outcome.kind === 'record'
          ? { id: outcome.bib.id, isReadable: true }
          : { id: outcome.id, isReadable: false };
      },
    };
  };
}

/**
 * The record with field 999 $c before its other fields, marked $2 carrel: that mark makes it count before whatever the
 * record's own fields may mean in the system that they once came from.
 */
function withNumber(marcxml: string, number: string): string {
  return marcxml.replace(
    /^([^<]*<((?:[\w.-]+:)?)record(?:\s[^<>]*)?)>/,
    (_, start: string, prefix: string) => {
      const subfield = (code: string, text: string) =>
        `<${prefix}subfield code="${code}">${escapeXml(text)}</${prefix}subfield>`;
      const field = `<${prefix}datafield tag="999" ind1=" " ind2=" ">`;
      return `${start}>${field}${subfield('c', number)}${subfield('2', 'carrel')}</${prefix}datafield>`;
    },
  );
}
