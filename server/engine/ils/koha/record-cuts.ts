import { createXmlFramer } from '../../catalogue/formats/xml-frames.js';
import { parseMarcXml } from '../../catalogue/formats/marcxml.js';
import { subfield } from '../../catalogue/formats/marc-record.js';
import { IlsFault } from '../ils-fault.js';

/** One `record` element as it stood in the answer, with the namespaces of what stood around it. */
export interface CutRecord {
  marcxml: string;
  /** Koha's number of it, from 999$c; undefined where the library keeps it elsewhere or the record is broken. */
  biblioId: number | undefined;
}

const root = /<(?:[\w.-]+:)?(collection|record)[\s/>]/;
const end = /(?:<\/(?:[\w.-]+:)?collection\s*|\/)>\s*(?:<!--.*-->\s*)?$/s;

/**
 * Cuts a MARCXML `collection` into its records, whatever their prefix. A broken record is cut out as it is, so that who
 * imports it can tell. Throws `foreign` when the answer is no MARCXML and `cut_off` when it stops in the middle.
 */
export function cutRecords(body: Buffer): CutRecord[] {
  const head = body.toString('latin1', 0, 4096);
  const opening = root.exec(head);
  if (!opening) throw new IlsFault('foreign', 'Koha');
  const start = opening.index;
  const isWhole =
    opening[1] === 'record' || end.test(body.toString('latin1', Math.max(0, body.length - 256)));
  if (!isWhole) throw new IlsFault('cut_off', 'Koha');
  const framer = createXmlFramer();
  const frames = [...framer.push(body), ...framer.end()];
  if (frames.some(({ damage }) => damage === 'truncated')) throw new IlsFault('cut_off', 'Koha');
  const declared =
    /^[^>]*/.exec(head.slice(start))?.[0].match(/xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')/g) ?? [];
  return frames.map((frame) => {
    const parsed = parseMarcXml(frame, (bytes) => bytes.toString('utf8'));
    const field = parsed.record?.fields.find(({ tag }) => tag === '999');
    const number = subfield(field, 'c');
    return {
      marcxml: withNamespaces(frame.bytes.toString('utf8'), declared),
      biblioId: number !== undefined && /^[1-9]\d*$/.test(number) ? Number(number) : undefined,
    };
  });
}

/** Declarations of the collection that the record does not make itself, put into its start tag. */
function withNamespaces(record: string, declared: readonly string[]): string {
  const tag = /^<[^\s/>]+/.exec(record)?.[0] ?? '';
  const own = /^[^>]*/.exec(record)?.[0] ?? '';
  const lacking = declared.filter((text) => {
    const name = text.slice(0, text.indexOf('=')).trim();
    return !new RegExp(`\\s${name.replaceAll('.', '\\.')}\\s*=`).test(own);
  });
  return lacking.length === 0 ? record : `${tag} ${lacking.join(' ')}${record.slice(tag.length)}`;
}
