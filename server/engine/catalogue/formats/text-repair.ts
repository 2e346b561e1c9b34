// Control characters, C1 bytes (U+0098 and U+009C bracket a non-sorting article), half marks over two letters, byte
// order marks. The subfield delimiter stays.
const untidy = new RegExp('[\\u0000-\\u001e\\u007f-\\u009f\\ufe20-\\ufe23\\ufeff]');
const untidyAll = new RegExp(untidy.source, 'g');
const reference = /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi;
const replacements: Readonly<Record<string, string>> = {
  '\t': ' ',
  '\n': ' ',
  '\r': ' ',
  '\u0085': ' ',
  '\ufe20': '\u0361',
  '\ufe22': '\u0360',
};

/** Text fit to show and to search: composed (NFC), character references expanded, control characters gone. */
export function tidyText(text: string, isAscii: boolean): string {
  let tidy = text.includes('&#') ? expandReferences(text) : text;
  if (untidy.test(tidy)) tidy = tidy.replace(untidyAll, (c) => replacements[c] ?? '');
  return isAscii && tidy === text ? tidy : tidy.normalize('NFC');
}

function expandReferences(text: string): string {
  return text.replace(reference, (whole, hex: string | undefined, decimal: string | undefined) => {
    const codePoint = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const isCharacter =
      codePoint >= 0x20 && codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint < 0xe000);
    return isCharacter ? String.fromCodePoint(codePoint) : whole;
  });
}
