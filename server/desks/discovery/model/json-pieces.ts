/** Reads one JSON object while it is being written. */
export interface JsonPieces {
  push(piece: string): void;
  /** All that was written. */
  whole(): string;
}

/**
 * Tells of the object's own members as they come: `onValue` once one is complete, with its JSON, and `onText` each time
 * a string member has grown, with all of it so far. It checks nothing: what comes of garbage is nothing, or garbage.
 */
export function readJsonPieces(on: {
  onValue: (key: string, json: string) => void;
  onText: (key: string, soFar: string) => void;
}): JsonPieces {
  let text = '';
  let at = 0;
  let depth = 0;
  let isEscaped = false;
  let stringFrom: number | undefined;
  let key: string | undefined;
  let valueFrom: number | undefined;

  const ends = (end: number): void => {
    if (key !== undefined && valueFrom !== undefined) on.onValue(key, text.slice(valueFrom, end).trim());
    key = undefined;
    valueFrom = undefined;
  };
  const step = (letter: string): void => {
    if (stringFrom !== undefined) {
      if (isEscaped) isEscaped = false;
      else if (letter === '\\') isEscaped = true;
      else if (letter === '"') {
        if (depth === 1 && valueFrom === undefined) key = decoded(text.slice(stringFrom + 1, at));
        stringFrom = undefined;
      }
      return;
    }
    if (letter === '"') stringFrom = at;
    else if (letter === ':' && depth === 1 && valueFrom === undefined) valueFrom = at + 1;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') {
      if (depth === 1) ends(at);
      depth -= 1;
    } else if (letter === ',' && depth === 1) ends(at);
  };

  return {
    push(piece) {
      text += piece;
      for (; at < text.length; at += 1) step(text.charAt(at));
      if (depth === 1 && stringFrom !== undefined && valueFrom !== undefined && key !== undefined) {
        on.onText(key, decoded(text.slice(stringFrom + 1)));
      }
    },
    whole: () => text,
  };
}

/** The inside of a JSON string, as far as its escapes are complete; '' where it is none. */
function decoded(raw: string): string {
  const complete = raw.replace(/(?<!\\)((?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/u, '$1');
  try {
    return String(JSON.parse(`"${complete}"`));
  } catch {
    return '';
  }
}
