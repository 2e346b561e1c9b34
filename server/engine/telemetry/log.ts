import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { kindAndPlace } from './places.js';

/** Kind and place of an error; what is none is told as it is. */
const told = (value: unknown): unknown => (value instanceof Error ? kindAndPlace(value) : value);

/**
 * The process's log. Of an error, whoever logs it and however, it writes kind and place: pino's own way writes message,
 * causes and whatever else hangs on them, such as the bytes that a connection broke at.
 */
export function openLog(options: { level: Level | 'silent' }, destination?: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      serializers: { err: told, error: told, cause: told, reason: told },
      hooks: {
        logMethod(args, method) {
          const [first, ...words] = args as unknown[];
          const error = first instanceof Error ? first : (first as { err?: unknown } | null)?.err;
          // Left without words, an error's message would be taken for them.
          if (error instanceof Error && words.length === 0) words.push('fault');
          const what: unknown = first instanceof Error ? { err: told(first) } : first;
          method.apply(this, [what, ...words] as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}
