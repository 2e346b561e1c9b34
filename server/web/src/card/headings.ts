/**
 * A text as people print it: catalogues join the parts of a heading with two hyphens, which become a dash, and an
 * ellipsis stands close to the words it cuts. Said of a sentence and of the quotes in it alike, each quote is still found
 * where it stood, whichever parts it begins or ends with.
 */
export function dashed(text: string): string {
  return text
    .replace(/(^|\s)--(?=\s|$)/gu, '$1—')
    .replace(/([“«])…\s+/gu, '$1…')
    .replace(/\s+…(?=[”»])/gu, '…');
}

/** A name without what catalogues add to tell namesakes apart: "C. S. (Clive Staples) Lewis" is "C. S. Lewis". */
export function plainName(name: string): string {
  return name.replace(/\s*\([^)]*\)/gu, '').trim() || name;
}
