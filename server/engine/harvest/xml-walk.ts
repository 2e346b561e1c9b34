import sax from 'sax';

/** An element that has just ended, with those it stands in. */
export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly parent: XmlElement | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its own text, without that of the elements inside. */
  text: string;
  /** Where its start tag begins in the whole text. */
  readonly start: number;
  /** Namespaces by prefix as they hold around the element, without those that it declares itself. */
  readonly around: Readonly<Record<string, string>>;
}

const MARC = /MARC21\/slim|marcxchange/;
/** A record in which nothing stands: the import refuses it and says so. */
export const EMPTY_RECORD = '<record><leader/></record>';

/**
 * Reads XML and tells each element when it ends, the inner ones first. What a careless server sends (a bare &, an
 * unknown entity, tags that do not balance, words after the end) is read on over; false when the outermost element
 * never ended, which is what an answer cut short looks like. Document types and external entities are never read.
 */
export function walkXml(text: string, onEnd: (element: XmlElement, end: number) => void): boolean {
  const parser = sax.parser(true);
  const from = text.startsWith('\ufeff') ? 1 : 0;
  let within: XmlElement | undefined;
  let scope: Readonly<Record<string, string>> = {};
  const scopes: Readonly<Record<string, string>>[] = [];
  let isWhole = false;

  parser.onerror = () => {
    parser.error = null as unknown as Error;
  };
  parser.onopentag = ({ name, attributes }) => {
    const given = attributes as Record<string, string>;
    const start = parser.startTagPosition - 1 + from;
    within = { name: localName(name), parent: within, attributes: given, text: '', start, around: scope };
    scopes.push(scope);
    scope = declared(scope, given);
  };
  const addText = (part: string): void => {
    if (within) within.text += part;
  };
  parser.ontext = addText;
  parser.oncdata = addText;
  parser.onclosetag = () => {
    const ended = within;
    if (ended === undefined) return;
    within = ended.parent;
    scope = scopes.pop() ?? {};
    isWhole ||= within === undefined;
    onEnd(ended, parser.position + from);
  };
  parser.write(text.slice(from)).close();
  return isWhole;
}

/**
 * A record's own XML exactly as it stands in the text, with the namespaces that it uses and that only the elements
 * around it declare. One whose end tag is missing comes without it, for the import to refuse.
 */
export function recordXml(text: string, element: XmlElement, end: number): string {
  let raw = text.slice(element.start, end);
  if (/^<[^<>]*\/>$/.test(raw)) return EMPTY_RECORD;
  if (!/<\/[^<>]*record\s*>$/.test(raw)) raw = raw.slice(0, Math.max(1, raw.lastIndexOf('</')));
  const missing = Object.entries(element.around)
    .filter(([prefix, uri]) => {
      const attribute = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
      if (attribute in element.attributes) return false;
      if (prefix === '') return MARC.test(uri);
      return raw.includes(`<${prefix}:`) || raw.includes(` ${prefix}:`);
    })
    .map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeXml(uri)}"`);
  return raw.replace(/^<[^\s/>]+/, (name) => name + missing.join(''));
}

/** The first record in a text that may hold it in a collection, as `recordXml` gives it; undefined where none has ended. */
export function firstRecord(text: string): string | undefined {
  let first: string | undefined;
  walkXml(text, (element, end) => {
    if (element.name === 'record') first ??= recordXml(text, element, end);
  });
  return first;
}

/** Text as it may stand in an element or between double quotes. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** True when an element of this name is around. */
export function isInside(element: XmlElement, name: string): boolean {
  for (let outer = element.parent; outer; outer = outer.parent) if (outer.name === name) return true;
  return false;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function declared(
  scope: Readonly<Record<string, string>>,
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  let own: Record<string, string> | undefined;
  for (const [name, value] of Object.entries(attributes)) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    own ??= { ...scope };
    own[name.slice('xmlns:'.length)] = value;
  }
  return own ?? scope;
}
