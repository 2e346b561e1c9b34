import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { secretsOf, SettingsTrouble, type SourceKind } from '../engine/settings/sources.js';
import { choicesOf } from '../engine/settings/wanted.js';

/**
 * `key=value` words as settings of a kind. A value is taken as text where the setting takes text, else read as JSON (a
 * number, true, a list). `key=` takes a setting away. A secret is never a word of a command, which other users of the
 * machine could see: `key=@FILE` reads it from a file, and one that is only named is asked for. Throws SettingsTrouble.
 */
export async function readFields(
  kind: SourceKind,
  words: readonly string[],
  ask: (question: string) => Promise<string>,
): Promise<Record<string, unknown>> {
  const secrets = secretsOf(kind);
  const settings: Record<string, unknown> = {};
  for (const word of words) {
    const [field = '', value] = split(word);
    const schema = kind.schema.shape[field];
    if (schema === undefined) {
      throw new SettingsTrouble(
        `${kind.title} has no setting "${field}"; it has ${Object.keys(kind.schema.shape).join(', ')}.`,
      );
    }
    if (value === '') settings[field] = undefined;
    else if (secrets.has(field)) settings[field] = await secret(field, value, ask);
    else if (value === undefined) {
      throw new SettingsTrouble(`Say what ${field} is to be: ${field}=VALUE.`);
    } else settings[field] = valueOf(schema, value);
  }
  return settings;
}

async function secret(
  field: string,
  value: string | undefined,
  ask: (question: string) => Promise<string>,
): Promise<string> {
  if (value === undefined) return ask(`${field} (nothing is shown): `);
  if (!value.startsWith('@')) {
    throw new SettingsTrouble(
      `${field} is a secret and would be seen on the command line: give ${field} alone to be asked for it, or ${field}=@FILE.`,
    );
  }
  try {
    return readFileSync(value.slice(1), 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new SettingsTrouble(
      `The file for ${field} cannot be read: it is not there, is no file, or may not be read by the user that Carrel runs as. ${field} alone is asked for.`,
    );
  }
}

function valueOf(schema: z.ZodType, text: string): unknown {
  if (schema.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    // The settings' own check says what is wanted instead.
    return text;
  }
}

function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** The settings of a kind as lines of help: name, whether it must be there, its default and its sentence. */
export function fieldLines(kind: SourceKind): string[] {
  const secrets = secretsOf(kind);
  return Object.entries(kind.schema.shape).flatMap(([name, schema]) => {
    const without = schema.safeParse(undefined);
    const choices = choicesOf(schema);
    const marks = [
      ...(choices ? [`one of ${choices.join(', ')}`] : []),
      ...(secrets.has(name) ? ['secret'] : []),
      ...(without.success ? defaultOf(without.data) : ['needed']),
    ];
    return [
      `  ${name}${marks.length > 0 ? ` (${marks.join('; ')})` : ''}`,
      `      ${schema.description ?? ''}`,
    ];
  });
}

function defaultOf(value: unknown): string[] {
  if (value === undefined) return [];
  return [`default ${typeof value === 'string' ? value || '""' : JSON.stringify(value)}`];
}
