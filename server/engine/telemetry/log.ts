import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { kindAndPlace } from './places.js';

/** Kind and place of an error; what is none is told as it is. */
const told = (value: unknown): unknown => (value instanceof Error ? kindAndPlace(value) : value);
/** An error among the words of a message, by its kind alone. */
const said = (value: unknown): unknown => (value instanceof Error ? value.name : value);

/**
 * The process's log. Of an error, logged by itself, beside other things or among the words, it writes kind and place:
 * pino's own way writes message, causes and whatever else hangs on them, such as the bytes that a connection broke at.
 */
export function openLog(options: { level: Level | 'silent' }, destination?: DestinationStream): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      // What a child of this log says with every line passes by the hook below.
      serializers: { err: told },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[];
          const words = rest.map(said);
          const things: unknown = first instanceof Error ? { err: first } : first;
          // Left without words, an error's message would be taken for them.
          if (things !== null && typeof things === 'object' && 'err' in things && words.length === 0)
            words.push('fault');
          const what: unknown =
            things !== null && typeof things === 'object'
              ? Object.fromEntries(Object.entries(things).map(([name, value]) => [name, told(value)]))
              : things;
          method.apply(this, [what, ...words] as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}
