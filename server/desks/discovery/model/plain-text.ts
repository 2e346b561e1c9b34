/**
 * Text from a record or a patron as it may stand in a prompt: one line, without invisible letters, control tokens or
 * anything that could pass for a fence or for a book's number. What it says stays; it is data either way.
 */
export function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}]+/gu, '')
    .replace(/<\|[^|<>]{0,40}\|>|<\/?[a-z_]{1,20}>|\[\/?[A-Z]{2,10}\]/gu, ' ')
    .replace(/[<>{}|`\\]+/gu, ' ')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** What a letter of a script other than Latin counts: as much as a token, which is some Latin letters. */
const WIDE = 3.5;

/** The text's first letters, as many as `maxLetters` Latin ones weigh; cut at a word where there is one, and shown so. */
export function cutText(text: string, maxLetters: number): string {
  let weight = 0;
  let end = 0;
  for (const letter of text) {
    weight += /[\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(letter) ? 1 : WIDE;
    if (weight > maxLetters) {
      const head = text.slice(0, end);
      const atWord = head.replace(/\s+\S*$/u, '');
      return `${atWord.length * 2 > head.length ? atWord : head}…`;
    }
    end += letter.length;
  }
  return text;
}
