/**
 * Watches JSON arrive in pieces. Answers how much of the piece belongs to it: all of it, or up to and including the
 * bracket that closes the outermost object or array. Undefined while that bracket has not come.
 */
export function watchJsonEnd(): (piece: string) => number | undefined {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return (piece) => {
    for (let i = 0; i < piece.length; i += 1) {
      const character = piece[i];
      if (escaped) escaped = false;
      else if (inString) {
        if (character === '\\') escaped = true;
        if (character === '"') inString = false;
      } else if (character === '"') inString = true;
      else if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') {
        depth -= 1;
        if (depth === 0) return i + 1;
      }
    }
    return undefined;
  };
}
