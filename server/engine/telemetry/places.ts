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

/** A fault's kind and place in the code. Its message is left out: SQL and JSON errors quote what patrons typed. */
export function kindAndPlace(fault: unknown): { name: string; code?: string; stack: string[] } {
  if (!(fault instanceof Error)) return { name: typeof fault, stack: [] };
  const { code } = fault as { code?: unknown };
  return {
    name: fault.name,
    ...(typeof code === 'string' && { code }),
    stack: placesOf(fault).slice(0, 12),
  };
}
