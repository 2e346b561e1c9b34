import { recordXml, walkXml, type XmlElement } from '../../harvest/xml-walk.js';
import { IlsFault } from '../ils-fault.js';

/** One `record` element as it stood in the answer, with the namespaces of what stood around it. */
export interface CutRecord {
  marcxml: string;
  /** Koha's number of it, from 999$c; undefined where the library keeps it elsewhere or the record is broken. */
  biblioId: number | undefined;
}

const root = /<(?:[\w.-]+:)?(?:collection|record)[\s/>]/;

/**
 * Cuts a MARCXML `collection` into its records, whatever their prefix. A broken record is cut out as it is, so that who
 * imports it can tell. Throws `foreign` when the answer is no MARCXML and `cut_off` when it stops in the middle.
 */
export function cutRecords(body: Buffer): CutRecord[] {
  if (!root.test(body.toString('latin1', 0, 4096))) throw new IlsFault('foreign', 'Koha');
  const text = body.toString('utf8');
  const cuts: CutRecord[] = [];
  let number: string | undefined;
  const isWhole = walkXml(text, (element, end) => {
    if (isNumber(element)) number ??= element.text;
    else if (element.name === 'record') {
      cuts.push({ marcxml: recordXml(text, element, end), biblioId: idOf(number) });
      number = undefined;
    }
  });
  if (!isWhole) throw new IlsFault('cut_off', 'Koha');
  return cuts;
}

function isNumber({ name, attributes, parent }: XmlElement): boolean {
  return name === 'subfield' && attributes['code'] === 'c' && parent?.attributes['tag'] === '999';
}

function idOf(number: string | undefined): number | undefined {
  return number !== undefined && /^[1-9]\d*$/.test(number) ? Number(number) : undefined;
}
