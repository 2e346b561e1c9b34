export type XmlEncoding = 'UTF-8' | 'ISO-8859-1' | 'UTF-16';

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** `content` is markup already. An attribute that is undefined is left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  content: string,
): string {
  const pairs = Object.entries(attributes).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const head = name + pairs.map(([key, value]) => ` ${key}="${escape(value)}"`).join('');
  return content === '' ? `<${head}/>` : `<${head}>${content}</${name}>`;
}

/** A whole document with its declaration. Letters that ISO 8859-1 lacks become numeric references. */
export function xmlDocument(
  root: string,
  { encoding = 'UTF-8', doctype = '' }: { encoding?: XmlEncoding; doctype?: string } = {},
): Buffer {
  const text = `<?xml version="1.0" encoding="${encoding}"?>\n${doctype}${root}\n`;
  if (encoding === 'UTF-8') return Buffer.from(text, 'utf8');
  if (encoding === 'UTF-16') return Buffer.from(`\ufeff${text}`, 'utf16le');
  const plain = text.replace(/[\u{100}-\u{10ffff}]/gu, (letter) => `&#${letter.codePointAt(0) ?? 0};`);
  return Buffer.from(plain, 'latin1');
}

/** A document type whose one entity holds ten million letters when it is expanded. */
export const greedyDoctype =
  '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' +
  ['b', 'c', 'd', 'e', 'f', 'g']
    .map((name, at) => `<!ENTITY ${name} "${`&${'abcdef'.charAt(at)};`.repeat(10)}">`)
    .join('') +
  ']>\n';
