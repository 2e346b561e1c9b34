const NAMESPACE = 'http://www.loc.gov/MARC21/slim';
const START = /<(?:([A-Za-z_][\w.-]*):)?record(?=[\s>])[^>]*>/;

/**
 * The one `record` element in what Polaris sends, without the declaration and the `collection` that may stand around
 * it. A prefix that was declared around it is declared on it. Undefined where there is no whole one.
 */
export function recordElement(xml: string): string | undefined {
  const start = START.exec(xml);
  if (!start) return undefined;
  const [tag, prefix] = start;
  const end = prefix === undefined ? '</record>' : `</${prefix}:record>`;
  const stop = xml.indexOf(end, start.index);
  if (stop < 0) return undefined;
  const element = xml.slice(start.index, stop + end.length);
  if (prefix === undefined || tag.includes(`xmlns:${prefix}=`)) return element;
  const name = `<${prefix}:record`;
  return `${name} xmlns:${prefix}="${NAMESPACE}"${element.slice(name.length)}`;
}
