import type { SourceKindName } from '../settings/source-kinds.js';
import type { OpenedSource } from '../settings/sources.js';
import { patronIdOf as sip2PatronIdOf } from './sip2/visits.js';

/** How staff name one patron of a system. */
export interface PatronNumber {
  /** What to type, in that system's own word. */
  asked: string;
  /** The id by which the system's adapter knows the patron: `IlsPatron.id`. */
  idOf: (typed: string) => string;
}

/** `source` undefined: the demonstration. Throws TypeError for a source that knows no patrons. */
export function patronNumberOf(source: OpenedSource | undefined): PatronNumber {
  const idOf = (typed: string): string => typed.trim();
  switch (source?.kind as SourceKindName | undefined) {
    case undefined:
      return { asked: 'Number of the demonstration’s patron, such as demo-1', idOf };
    case 'koha':
      return { asked: 'Koha’s borrowernumber', idOf };
    case 'polaris':
      return { asked: 'Polaris’s PatronID', idOf };
    case 'sip2': {
      const { institution } = source?.settings ?? {};
      const name = typeof institution === 'string' ? institution : '';
      return { asked: 'Card number (SIP2 tells no other)', idOf: (typed) => sip2PatronIdOf(typed, name) };
    }
    default:
      throw new TypeError(`${source?.kind} knows no patrons`);
  }
}
