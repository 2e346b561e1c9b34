/** Bytes that end a message or hide in a terminal: none of them is part of any value. */
// eslint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** A value that can neither end its field nor its message. */
export function cleaned(value: string, delimiter: string): string {
  return value.replace(CONTROLS, '').replaceAll('|', '').replaceAll(delimiter, '');
}

/** Fields of a reply by their two-letter names, in the order of their coming; what is unnamed is left out. */
export function readFields(text: string, delimiter: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const part of text.split(delimiter)) {
    const name = part.slice(0, 2);
    if (!/^[A-Z][A-Z0-9]$/.test(name)) continue;
    const value = part.slice(2).replaceAll('&#124;', '|');
    const values = fields.get(name);
    if (values) values.push(value);
    else fields.set(name, [value]);
  }
  return fields;
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
};

/** Words of a message that may be HTML: tags become blanks, the commonest entities their characters. */
export function withoutHtml(text: string): string {
  let words = '';
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('<', at);
    const close = open < 0 ? -1 : text.indexOf('>', open);
    if (close < 0) break;
    words += `${text.slice(at, open)} `;
    at = close + 1;
  }
  const plain = (words + text.slice(at)).replace(
    /&(?:amp|lt|gt|quot|#39|nbsp);/g,
    (name) => entities[name] ?? name,
  );
  return plain.split(/\s+/).filter(Boolean).join(' ');
}
