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

/** The text's first letters, cut at a word where there is one, with the cut shown. */
export function cutText(text: string, maxLetters: number): string {
  if (text.length <= maxLetters) return text;
  const head = text.slice(0, maxLetters).replace(/[\uD800-\uDBFF]$/u, '');
  const atWord = head.replace(/\s+\S*$/u, '');
  return `${atWord.length * 2 > maxLetters ? atWord : head}…`;
}
