/** A vocabulary of byte pairs, written in GPT-2's alphabet of printable characters for bytes. */
export interface BytePairs {
  tokens: string[];
  merges: string[];
}

const alphabet = byteAlphabet();

/** Text as byte-pair tokens spell it: every byte of its UTF-8 form as one printable character. */
export function spelled(text: string): string {
  return [...Buffer.from(text, 'utf8')].map((byte) => alphabet[byte]).join('');
}

/** The 256 bytes, and at most `merges` pairs learned from a text, most frequent first. */
export function learnBytePairs(text: string, merges: number): BytePairs {
  const words = (text.match(/ ?[A-Za-z]+| ?[0-9]| ?[^\sA-Za-z0-9]+|\s+/g) ?? []).map((word) => [
    ...spelled(word),
  ]);
  const pairs: BytePairs = { tokens: [...alphabet], merges: [] };
  while (pairs.merges.length < merges) {
    const best = mostFrequentPair(words);
    if (best === undefined) break;
    const [left, right] = best;
    pairs.merges.push(`${left} ${right}`);
    pairs.tokens.push(left + right);
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
      }
    }
  }
  return pairs;
}

/** The pair of neighbours that comes most often, and more than once. */
function mostFrequentPair(words: readonly string[][]): [string, string] | undefined {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (let i = 0; i + 1 < word.length; i += 1) {
      const pair = `${word[i]} ${word[i + 1]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
  }
  let best: string | undefined;
  let most = 1;
  for (const [pair, count] of counts) {
    if (count > most) [best, most] = [pair, count];
  }
  return best?.split(' ') as [string, string] | undefined;
}

function byteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}
