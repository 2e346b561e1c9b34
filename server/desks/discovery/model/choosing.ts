import { z } from 'zod';
import type { JsonSchema } from '../../../engine/llm/json-schema.js';

export const MAX_PICKS = 5;
const MAX_REPLY = 360;
const MAX_WHY = 150;

/** What a model may answer: numbers of candidates that were offered, a short reply, a sentence for each pick. */
export interface Choice {
  picks: number[];
  reply: string;
  whys: { book: number; why: string }[];
}

/**
 * The choice's form for `count` candidates. The picks come first, since they order the cards, then the reply, which is
 * read while it is written, and the reasons last.
 */
export function choiceSchema(count: number): JsonSchema {
  const numbers = { enum: Array.from({ length: count }, (_, at) => at + 1) } as const;
  const why = {
    type: 'object',
    properties: { book: numbers, why: { type: 'string', maxLength: MAX_WHY } },
    required: ['book', 'why'],
    additionalProperties: false,
  } as const;
  return {
    type: 'object',
    properties: {
      picks: { type: 'array', items: numbers, maxItems: MAX_PICKS },
      reply: { type: 'string', maxLength: MAX_REPLY },
      whys: { type: 'array', items: why, maxItems: MAX_PICKS },
    },
    required: ['picks', 'reply', 'whys'],
    additionalProperties: false,
  };
}

/** The same once more in zod, member by member: a grammar may be missing (a remote engine) or cut short. */
export function choiceReader(count: number) {
  const number = z.int().min(1).max(count);
  const picks = z
    .array(number)
    .max(MAX_PICKS)
    .transform((all) => [...new Set(all)]);
  const reply = z.string().max(MAX_REPLY);
  const whys = z.array(z.object({ book: number, why: z.string().max(MAX_WHY) })).max(MAX_PICKS);
  const whole = z.strictObject({ picks, reply, whys });
  return {
    /** The picks alone, as soon as they are written; undefined when they are none. */
    picks: (json: string): number[] | undefined => read(picks, json),
    /** The whole choice; undefined when it is none. */
    whole: (json: string): Choice | undefined => read(whole, json),
  };
}

function read<T>(schema: z.ZodType<T>, json: string): T | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  const checked = schema.safeParse(parsed);
  return checked.success ? checked.data : undefined;
}
