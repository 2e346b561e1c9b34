/** A row of a table as it stands in the file. */
export interface RowFrame {
  cells: string[];
  /** As written, without the line break after it; of a broken row at most the first `maxRow` characters. */
  text: string;
  /** First byte, and bytes with the line break. */
  offset: number;
  length: number;
  /** First and last line, from 1. */
  lines: [first: number, last: number];
  /** What makes the row unreadable. */
  broken?: 'quote' | 'long';
}

export interface RowFramer {
  push(text: string): RowFrame[];
  end(): RowFrame[];
}

export interface RowForm {
  delimiter: string;
  /** "\r" for tables of old Macs; "\n", with or without "\r" before it, for all others. */
  lineBreak: '\n' | '\r';
  /** Cells of the header: by them a row is known again after a broken one. */
  width: number;
  /** Characters of the longest row. Default: 1 MiB. */
  maxRow?: number;
  /** Bytes that a piece of text takes in the file. Default: those of UTF-8. */
  bytesOf?: (text: string) => number;
  /** Where the text begins in the file. Default: 0. */
  offset?: number;
}

interface Row {
  cells: string[];
  /** Where its last cell ends, and where the next row begins. */
  stop: number;
  end: number;
  /** A quotation mark is opened and never closed. */
  isOpen: boolean;
  /** A quoted cell runs over a line break to a mark that neither closes it nor is doubled. */
  isDoubtful: boolean;
}

/**
 * Parts the text of a table into rows by RFC 4180, forgiving marks within a cell. A mark that is never closed would swallow
 * the rows after it: such a row is broken, and reading goes on at the next line that has as many cells as the header.
 * Empty lines are passed over.
 */
export function createRowFramer(form: RowForm): RowFramer {
  const { lineBreak, maxRow = 1024 * 1024, bytesOf = (text) => Buffer.byteLength(text) } = form;
  let rest = '';
  let offset = form.offset ?? 0;
  let line = 1;
  /** A row beyond all bounds whose end has not come yet. */
  let endless: RowFrame | undefined;

  function framed(text: string, row: Row, from: number, broken?: RowFrame['broken']): RowFrame {
    const whole = text.slice(from, row.end);
    const written = text.slice(from, row.stop).replace(/\r?\n$|\r$/, '');
    const lines: RowFrame['lines'] = [line, line + count(written, lineBreak)];
    const length = bytesOf(whole);
    const frame = {
      cells: row.cells,
      text: written.slice(0, maxRow),
      offset,
      length,
      lines,
      ...(broken && { broken }),
    };
    offset += length;
    line += count(whole, lineBreak);
    return frame;
  }

  /** The rows that are whole by now; at the end, all. */
  function take(isEnd: boolean): RowFrame[] {
    const frames: RowFrame[] = [];
    let from = 0;
    if (endless) {
      const stop = rest.indexOf(lineBreak);
      if (stop < 0 && !isEnd) return frames;
      from = stop < 0 ? rest.length : stop + 1;
      const passed = rest.slice(0, from);
      frames.push({ ...endless, length: endless.length + bytesOf(passed) });
      offset += bytesOf(passed);
      line += count(passed, lineBreak);
      endless = undefined;
    }
    while (from < rest.length) {
      const read = readRow(rest, from, form, isEnd);
      if (read === undefined && rest.length - from <= maxRow) break;
      const row = read ?? { cells: [], stop: rest.length, end: rest.length, isOpen: true, isDoubtful: false };
      const isLong = row.end - from > maxRow;
      if (!row.isOpen && !row.isDoubtful) {
        frames.push(framed(rest, row, from, isLong ? 'long' : undefined));
        from = row.end;
        continue;
      }
      const next = nextRow(rest, from, row.end, form, isEnd);
      const broken = isLong && next === undefined ? 'long' : 'quote';
      if (next === undefined && row.isDoubtful && !row.isOpen) frames.push(framed(rest, row, from));
      else if (next === undefined) {
        const frame = framed(rest, row, from, broken);
        if (isEnd) frames.push(frame);
        else endless = frame;
      } else frames.push(framed(rest, { ...row, stop: next - 1, end: next }, from, broken));
      from = next ?? row.end;
    }
    rest = rest.slice(from);
    return frames.filter(({ cells, broken }) => broken || cells.length > 1 || cells[0] !== '');
  }

  return {
    push(text) {
      if (endless) {
        // What is passed over is only measured, never gathered.
        const stop = text.indexOf(lineBreak);
        const passed = stop < 0 ? text : text.slice(0, stop);
        endless.length += bytesOf(passed);
        offset += bytesOf(passed);
        rest = text.slice(passed.length);
      } else rest += text;
      return take(false);
    },
    end: () => take(true),
  };
}

/** One row from a place on; undefined where its end has not come yet. */
function readRow(text: string, from: number, form: RowForm, isEnd: boolean): Row | undefined {
  const { delimiter, lineBreak } = form;
  const cells: string[] = [];
  let isDoubtful = false;
  let at = from;
  const endsCell = (char: string | undefined) =>
    char === undefined || char === delimiter || char === '\r' || char === lineBreak;
  for (;;) {
    let cell = '';
    let quoted = false;
    if (text[at] === '"') {
      let place = at + 1;
      for (quoted = true; ;) {
        const mark = text.indexOf('"', place);
        const after = text[mark + 1];
        if ((mark < 0 || after === undefined) && !isEnd) return undefined;
        if (mark < 0) {
          cells.push(cell + text.slice(place));
          return { cells, stop: text.length, end: text.length, isOpen: true, isDoubtful };
        }
        cell += text.slice(place, mark);
        place = mark + 1;
        if (after === '"') {
          cell += '"';
          place += 1;
          continue;
        }
        if (!endsCell(after)) {
          isDoubtful ||= cell.includes(lineBreak);
          cell = `"${cell}"`;
          quoted = false;
        }
        break;
      }
      at = place;
    }
    let stop = at;
    while (stop < text.length && text[stop] !== delimiter && text[stop] !== lineBreak) stop++;
    if (stop === text.length && !isEnd) return undefined;
    if (!quoted) cell += text.slice(at, stop);
    const isLast = text[stop] !== delimiter;
    cells.push(isLast && !quoted ? cell.replace(/\r$/, '') : cell);
    if (isLast) {
      const end = Math.min(stop + 1, text.length);
      const bare = text[stop - 1] === '\r' && stop > from ? stop - 1 : stop;
      return { cells, stop: bare, end, isOpen: false, isDoubtful };
    }
    at = stop + 1;
  }
}

/** Where, after the line of a broken row and before `until`, a line begins that has as many cells as the header. */
function nextRow(
  text: string,
  from: number,
  until: number,
  form: RowForm,
  isEnd: boolean,
): number | undefined {
  const { lineBreak, width } = form;
  for (let at = text.indexOf(lineBreak, from) + 1; at > 0 && at < until;) {
    const stop = text.indexOf(lineBreak, at);
    if (stop < 0 && !isEnd) return undefined;
    const line = text.slice(at, stop < 0 ? text.length : stop);
    if (line.trim() !== '' && readRow(line, 0, form, true)?.cells.length === width) return at;
    at = stop + 1;
  }
  return undefined;
}

function count(text: string, char: string): number {
  let found = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) found++;
  return found;
}
