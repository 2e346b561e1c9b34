/** Names as one says them in a sentence, such as "OverDrive and Hoopla". */
export function listOf(names: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}
