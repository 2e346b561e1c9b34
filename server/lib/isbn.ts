/** A valid ISBN-10 or ISBN-13, hyphens and spaces allowed, as ISBN-13 digits; undefined when its check digit is wrong. */
export function isbn13(text: string): string | undefined {
  const digits = text.replace(/[\s\-–—]/gu, '').toUpperCase();
  if (/^97[89]\d{10}$/.test(digits))
    return checkDigit13(digits.slice(0, 12)) === digits[12] ? digits : undefined;
  if (!/^\d{9}[\dX]$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, d, at) => total + (10 - at) * (d === 'X' ? 10 : Number(d)), 0);
  if (sum % 11 !== 0) return undefined;
  const body = `978${digits.slice(0, 9)}`;
  return body + checkDigit13(body);
}

/** A valid ISSN as eight characters without its hyphen; undefined when its check digit is wrong. */
export function issn8(text: string): string | undefined {
  const digits = text.replace(/[\s\-–—]/gu, '').toUpperCase();
  if (!/^\d{7}[\dX]$/.test(digits)) return undefined;
  const sum = [...digits].reduce((total, d, at) => total + (8 - at) * (d === 'X' ? 10 : Number(d)), 0);
  return sum % 11 === 0 ? digits : undefined;
}

/** Key under which a number is filed and looked up: ISBN-13 where valid, ISSN where valid, else its bare characters. */
export function numberKey(text: string): string | undefined {
  const bare = text.replace(/[^\dXx]/gu, '').toUpperCase();
  if (bare.length < 8) return undefined;
  return isbn13(bare) ?? issn8(bare) ?? bare;
}

function checkDigit13(first12: string): string {
  const sum = [...first12].reduce((total, d, at) => total + Number(d) * (at % 2 === 0 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}
