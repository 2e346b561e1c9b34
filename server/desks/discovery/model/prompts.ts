import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The fixed part of what a model is told, the same in every turn; the version is part of an answer's key. */
export interface Prompt {
  name: string;
  version: number;
  system: string;
}

export interface Prompts {
  understand: Prompt;
  choose: Prompt;
}

const Head = z.strictObject({ version: z.int().min(1) });

/** Reads `DATA_DIR/prompts/discovery/NAME.md`; throws naming the file that has no version or no text. */
export function readPrompts(dataDir: string): Prompts {
  return { understand: readPrompt(dataDir, 'understand'), choose: readPrompt(dataDir, 'choose') };
}

/** The fixed parts alone, for an engine that keeps them ready. */
export function systemPromptsOf(prompts: Prompts): string[] {
  return [prompts.choose.system, prompts.understand.system];
}

function readPrompt(dataDir: string, name: string): Prompt {
  const file = join(dataDir, 'prompts', 'discovery', `${name}.md`);
  const [, head, body] = /^---\n(.*?)\n---\n(.*)$/su.exec(readFileSync(file, 'utf8')) ?? [];
  const read = Head.safeParse(head === undefined ? undefined : parse(head));
  if (!read.success || !body?.trim())
    throw new Error(`${file} does not begin with --- version: N --- and a text`);
  return { name, version: read.data.version, system: body.trim() };
}

/** Latin letters of one token; measured tokenisers give 3.5 to 4.5, so this errs on the long side. */
const LETTERS_PER_TOKEN = 3.5;

/** How many tokens a text takes at most, about: letters of other scripts count one each. */
export function estimatedTokens(text: string): number {
  const others = text.match(/[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/gu)?.length ?? 0;
  return Math.ceil((text.length - others) / LETTERS_PER_TOKEN) + others;
}
