/** One server-sent event: its name and the text of its data lines. */
export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * Reads server-sent events (WHATWG HTML 9.2.6) out of text that arrives in pieces of any size. `push` answers the
 * events that the piece completed; comments, `id` and `retry` are passed over.
 */
export function createEventReader(): { push(piece: string): ServerEvent[] } {
  let rest = '';
  let event = '';
  let data: string[] = [];
  const line = (text: string): ServerEvent | undefined => {
    if (text === '') {
      const done = data.length > 0 ? { event: event || 'message', data: data.join('\n') } : undefined;
      event = '';
      data = [];
      return done;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + (text[colon + 1] === ' ' ? 2 : 1));
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
    return undefined;
  };
  return {
    push(piece) {
      const events: ServerEvent[] = [];
      rest += piece;
      // A carriage return at the very end may be half of CR LF: it waits for the next piece.
      for (;;) {
        const end = /\r\n|\n|\r(?!$)/.exec(rest);
        if (!end) return events;
        const done = line(rest.slice(0, end.index));
        rest = rest.slice(end.index + end[0].length);
        if (done) events.push(done);
      }
    },
  };
}
