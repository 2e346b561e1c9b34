/** Cuts growing text into whole sentences. */
export interface Sentences {
  /** Takes all of the text so far and answers the sentences that have been completed since. */
  grow(soFar: string): string[];
  /** What is left when no more comes. */
  rest(soFar: string): string[];
}

/** A sentence ends at its mark and the space after it; in scripts without spaces, and at a line's end, at the mark. */
const ending = /(?:[.!?…]+["”’»)\]]*(?=\s)|[。！？；]+[」』”]*|[\n\r]+)/gu;
/** "J. K. Rowling", "Dr. Watson", "No. 3". */
const abbreviation = /(?:^|[\s(.])(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|No|vol|Sr|Sra|Dra)\.$/u;

export function createSentences(): Sentences {
  let from = 0;
  const grow = (soFar: string): string[] => {
    const found: string[] = [];
    for (const match of soFar.matchAll(ending)) {
      const end = match.index + match[0].length;
      if (end <= from || abbreviation.test(soFar.slice(from, end))) continue;
      found.push(soFar.slice(from, end));
      from = end;
    }
    return tidy(found);
  };
  return {
    grow,
    rest(soFar) {
      const found = grow(soFar);
      const left = soFar.slice(from);
      from = soFar.length;
      return [...found, ...tidy([left])];
    },
  };
}

function tidy(sentences: readonly string[]): string[] {
  return sentences.map((one) => one.replace(/\s+/gu, ' ').trim()).filter((one) => /[\p{L}\p{N}]/u.test(one));
}
