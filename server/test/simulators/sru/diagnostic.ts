/** A no of the protocol's, by its number under info:srw/diagnostic/1; it goes out with HTTP 200. */
export class Diagnostic extends Error {
  readonly number: number;
  readonly details: string;

  constructor(number: number, details = '') {
    super(messages[number] ?? 'General system error');
    this.name = 'Diagnostic';
    this.number = number;
    this.details = details;
  }
}

const messages: Readonly<Record<number, string>> = {
  1: 'General system error',
  2: 'System temporarily unavailable',
  4: 'Unsupported operation',
  5: 'Unsupported version',
  6: 'Unsupported parameter value',
  7: 'Mandatory parameter not supplied',
  8: 'Unsupported parameter',
  10: 'Query syntax error',
  16: 'Unsupported index',
  19: 'Unsupported relation',
  60: 'Result set not created: too many matching records',
  61: 'First record position out of range',
  64: 'Record temporarily unavailable',
  66: 'Unknown schema for retrieval',
  71: 'Unsupported record packing',
};
