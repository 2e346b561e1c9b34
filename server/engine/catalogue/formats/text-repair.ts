const replacements: Readonly<Record<number, string>> = {
  0x09: ' ',
  0x0a: ' ',
  0x0d: ' ',
  0x85: ' ',
  // Half marks over two letters: the first half becomes the whole double mark, the second goes.
  0xfe20: '\u0361',
  0xfe22: '\u0360',
};
const reference = /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi;

/** Text fit to show and to search: composed (NFC), character references expanded, control characters gone. */
export function tidyText(text: string, isAscii: boolean): string {
  const expanded = text.includes('&#') ? expandReferences(text) : text;
  const clean = withoutControls(expanded);
  return isAscii && clean === text ? clean : clean.normalize('NFC');
}

function expandReferences(text: string): string {
  return text.replace(reference, (whole, hex: string | undefined, decimal: string | undefined) => {
    const codePoint = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    const isCharacter =
      codePoint >= 0x20 && codePoint <= 0x10ffff && !(codePoint >= 0xd800 && codePoint < 0xe000);
    return isCharacter ? String.fromCodePoint(codePoint) : whole;
  });
}

function withoutControls(text: string): string {
  let clean = '';
  let kept = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (!isUntidy(code)) continue;
    clean += text.slice(kept, at) + (replacements[code] ?? '');
    kept = at + 1;
  }
  return kept === 0 ? text : clean + text.slice(kept);
}

/** Control characters (U+0098 and U+009C bracket a non-sorting article), half marks, byte order marks; not 1F. */
function isUntidy(code: number): boolean {
  return (
    (code < 0x20 && code !== 0x1f) ||
    (code > 0x7e && code < 0xa0) ||
    (code >= 0xfe20 && code <= 0xfe23) ||
    code === 0xfeff
  );
}
