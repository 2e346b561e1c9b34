import { z } from 'zod';

/** The values that a setting can have, where there are few; undefined where there are not. */
export function choicesOf(schema: z.ZodType): readonly string[] | undefined {
  const bare = unwrapped(schema);
  return bare instanceof z.ZodEnum ? bare.options.map(String) : undefined;
}

/** What a value must be, such as “a whole number from 1 to 8”, to stand behind “it takes”; undefined where nothing short says it. */
export function wantedOf(schema: z.ZodType): string | undefined {
  const bare = unwrapped(schema);
  const choices = choicesOf(bare);
  if (choices) return `one of ${choices.join(', ')}`;
  if (bare instanceof z.ZodBoolean) return 'true or false';
  if (bare instanceof z.ZodNumber) return numberWords(bare);
  if (bare instanceof z.ZodURL) return 'an address that begins with http:// or https://';
  return undefined;
}

function numberWords(schema: z.ZodNumber): string {
  const { minValue, maxValue, format } = schema;
  const kind = format === null ? 'a number' : 'a whole number';
  const hasLeast = Number.isFinite(minValue) && minValue !== Number.MIN_SAFE_INTEGER;
  const hasMost = Number.isFinite(maxValue) && maxValue !== Number.MAX_SAFE_INTEGER;
  return `${kind}${hasLeast ? ` from ${minValue}` : ''}${hasMost ? ` to ${maxValue}` : ''}`;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  let bare = schema;
  while (bare instanceof z.ZodDefault || bare instanceof z.ZodOptional) bare = bare.unwrap() as z.ZodType;
  return bare;
}
