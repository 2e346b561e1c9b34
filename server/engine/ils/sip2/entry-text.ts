const names = ['barcode', 'title', 'title_id', 'author', 'call_number', 'due', 'skip'] as const;
type Name = (typeof names)[number];

/** What a line of a patron's list names; the text itself where it does not look as expected. */
export type Entry = Partial<Record<Exclude<Name, 'skip'>, string>>;

type Piece = { name: Name } | { literal: string };

/**
 * Reads lines of AS, CD and AU by a pattern such as "{barcode} {title} {due}". What stands before the title is read
 * from the left and what stands after it from the right, so that a title may hold blanks; a due date may too, for
 * `isDate` says where it begins. Takes time in proportion to the line.
 */
export function entryReader(pattern: string, isDate: (text: string) => boolean): (line: string) => Entry {
  const pieces = piecesOf(pattern);
  const wide = pieces.findIndex((piece) => 'name' in piece && piece.name === 'title');
  const split = wide < 0 ? pieces.length - 1 : wide;
  return (line) => {
    const text = line.trim();
    const left = fromLeft(pieces.slice(0, Math.max(split, 0)), text);
    const right = left && fromRight(pieces.slice(split + 1), left.rest, isDate);
    const middle = pieces[split];
    if (!left || !right || !middle) return { title: text };
    if ('literal' in middle)
      return right.rest === middle.literal ? { ...left.entry, ...right.entry } : { title: text };
    return named({ ...left.entry, ...right.entry }, middle.name, right.rest);
  };
}

function piecesOf(pattern: string): Piece[] {
  return pattern
    .split(/(\{[a-z_]{1,20}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const name = names.find((one) => part === `{${one}}`);
      return name === undefined ? { literal: part } : { name };
    });
}

interface Read {
  entry: Entry;
  rest: string;
}

function fromLeft(pieces: readonly Piece[], text: string): Read | undefined {
  let entry: Entry = {};
  let rest = text;
  let open: Name | undefined;
  for (const piece of pieces) {
    if ('name' in piece) {
      open = piece.name;
      continue;
    }
    const at = open === undefined ? (rest.startsWith(piece.literal) ? 0 : -1) : rest.indexOf(piece.literal);
    if (at < 0) return undefined;
    if (open !== undefined) entry = named(entry, open, rest.slice(0, at));
    open = undefined;
    rest = rest.slice(at + piece.literal.length);
  }
  // Two names with nothing between them cannot be told apart.
  return open === undefined ? { entry, rest } : undefined;
}

function fromRight(
  pieces: readonly Piece[],
  text: string,
  isDate: (text: string) => boolean,
): Read | undefined {
  let entry: Entry = {};
  let rest = text;
  let open: Name | undefined;
  for (const piece of pieces.toReversed()) {
    if ('name' in piece) {
      open = piece.name;
      continue;
    }
    const at = lastIndex(rest, piece.literal, open, isDate);
    if (at < 0) return undefined;
    if (open !== undefined) entry = named(entry, open, rest.slice(at + piece.literal.length));
    open = undefined;
    rest = rest.slice(0, at);
  }
  return open === undefined ? { entry, rest } : undefined;
}

/** A date may hold the literal itself: the longest of the last few ends that is one counts. */
function lastIndex(
  text: string,
  literal: string,
  open: Name | undefined,
  isDate: (text: string) => boolean,
): number {
  if (open === undefined) return text.endsWith(literal) ? text.length - literal.length : -1;
  const last = text.lastIndexOf(literal);
  if (open !== 'due') return last;
  let best = last;
  let at = last;
  for (let tries = 0; tries < 6 && at >= 0; tries += 1) {
    if (isDate(text.slice(at + literal.length).trim())) best = at;
    at = at === 0 ? -1 : text.lastIndexOf(literal, at - 1);
  }
  return best;
}

function named(entry: Entry, name: Name, value: string): Entry {
  const text = value.trim();
  return name === 'skip' || text === '' ? entry : { ...entry, [name]: text };
}
