/** The most characters that fit on one line of a spine label. */
const WIDTH = 8;

/**
 * Splits a call number where a spine label breaks: at spaces, before a decimal, before a cutter, between class letters
 * and number, and at punctuation where a part is still too long. Joined, the lines give back every character but space.
 */
export function labelLines(callNumber: string): string[] {
  return callNumber.trim().split(/\s+/).filter(Boolean).flatMap(token).flatMap(fitted);
}

function token(text: string, place: number): string[] {
  // Library of Congress: class letters, number, decimal, cutters.
  const congress = /^([A-Z]{1,3})(\d{1,4})(\.\d+)?((?:\.?[A-Z]\d+[a-z]?)*)$/.exec(text);
  // A letter and one or two digits after the first part is a cutter, not a class.
  if (congress && (place === 0 || !/^[A-Z]\d{1,2}$/.test(text))) {
    const cutters = (congress[4] ?? '').match(/\.?[A-Z]\d+[a-z]?/g) ?? [];
    return [congress[1], congress[2], congress[3], ...cutters].filter(
      (part) => part !== undefined && part !== '',
    ) as string[];
  }
  // Dewey and UDC: three digits, then what follows the point.
  const decimal = /^(\d{3})(\.\d.*)$/.exec(text);
  if (decimal) return [decimal[1], decimal[2]] as string[];
  return [text];
}

function fitted(part: string): string[] {
  if ([...part].length <= WIDTH) return [part];
  const pieces = part.split(/(?=[.\-/:(+=])|(?<=[)\]])/u).filter(Boolean);
  const lines: string[] = [];
  for (const piece of pieces.flatMap(cut)) {
    const last = lines.at(-1);
    if (last !== undefined && [...last, ...piece].length <= WIDTH) lines[lines.length - 1] = last + piece;
    else lines.push(piece);
  }
  return lines;
}

function cut(piece: string): string[] {
  const signs = [...piece];
  if (signs.length <= WIDTH) return [piece];
  const rows = Math.ceil(signs.length / WIDTH);
  const each = Math.ceil(signs.length / rows);
  return Array.from({ length: rows }, (_, i) => signs.slice(i * each, (i + 1) * each).join(''));
}
