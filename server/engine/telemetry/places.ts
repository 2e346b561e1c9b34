/**
 * The places in the code where an error arose, without its message: that may quote what a patron typed, even in lines
 * that look like places.
 */
export function placesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const at = stack.indexOf(message);
  // A message that was changed after the stack was made cannot be told from its places.
  if (at < 0) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .map((line) => line.trim());
}
