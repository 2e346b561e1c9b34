import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Referral } from '../../contract/conversation.js';
import { Locale } from '../../contract/vocabulary.js';
import { DataFolderError } from '../../engine/db/data-folder.js';
import { readYaml } from '../../engine/knowledge-files.js';
import { fold, patternSource, wordPattern } from './patterns.js';

const byLocale = <T extends z.ZodType>(of: T) => z.partialRecord(Locale, of);
const patterns = z.array(z.string().min(1));

const TopicData = z.strictObject({
  off: z.boolean().default(false),
  handoff: z.boolean().default(true),
  model: z.boolean().default(false),
  words: byLocale(patterns),
  unless: byLocale(patterns).default({}),
  says: byLocale(z.string().min(1)).refine((says) => Object.keys(says).length > 0, 'says nothing'),
  helpline: byLocale(z.string()).default({}),
});
type TopicData = z.infer<typeof TopicData>;

/** A topic that a question sounds like, and what the library wants done. */
export interface PolicyMatch {
  referral: Referral;
  handoff: boolean;
  /** Whether a language model may look at the question. */
  model: boolean;
}

/** The library's policy for topics that people should handle. It never hides a book. */
export interface Policy {
  /** The first topic that the text sounds like, in whatever language it is put; what is said comes in `locale`. */
  match(text: string, locale: Locale): PolicyMatch | undefined;
  topics(): string[];
}

export const noPolicy: Policy = { match: () => undefined, topics: () => [] };

/**
 * Reads `DIR/policy/topics.yaml` of every folder: lines of a later one stand in place of the same lines of an earlier
 * one. Throws DataFolderError naming the file, and the line of what is not in the form it should have.
 */
export function readPolicy(dirs: readonly string[]): Policy {
  const merged = new Map<string, Record<string, unknown>>();
  for (const dir of dirs) {
    const path = join(dir, 'policy', 'topics.yaml');
    if (!existsSync(path)) continue;
    const { content, lineOf } = readYaml(path);
    const read = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), z.record(z.string(), z.unknown()));
    const topics = read.safeParse(content ?? {});
    if (!topics.success) throw wrong(path, topics.error, lineOf);
    for (const [id, entry] of Object.entries(topics.data)) {
      merged.set(id, { ...merged.get(id), ...entry });
      const checked = TopicData.safeParse(merged.get(id));
      if (!checked.success) throw wrong(path, checked.error, (keys) => lineOf([id, ...keys]));
    }
  }
  const topics = [...merged].map(([id, entry]) => ({ id, ...TopicData.parse(entry) }));
  return createPolicy(topics.filter((topic) => !topic.off));
}

function createPolicy(topics: readonly (TopicData & { id: string })[]): Policy {
  const compiled = topics.map((topic) => ({
    ...topic,
    find: Object.values(topic.words).flat().map(compile),
    spare: Object.values(topic.unless).flat().map(compile),
  }));
  return {
    topics: () => topics.map((topic) => topic.id),
    match(text, locale) {
      const folded = `${fold(text)} `;
      const topic = compiled.find(({ find, spare }) => {
        const left = spare.reduce((rest, pattern) => rest.replace(pattern, '# '), folded);
        return find.some((pattern) => pattern.test(left));
      });
      if (!topic) return undefined;
      const said = topic.says[locale] ?? Object.values(topic.says)[0] ?? '';
      const helpline = topic.helpline[locale] ?? '';
      const referral = { topic: topic.id, text: [said, helpline].filter((one) => one !== '').join(' ') };
      return { referral, handoff: topic.handoff, model: topic.model };
    },
  };
}

function compile(pattern: string): RegExp {
  return wordPattern(patternSource(pattern, {}));
}

function wrong(
  path: string,
  error: z.ZodError,
  lineOf: (keys: readonly PropertyKey[]) => number,
): DataFolderError {
  const [first] = error.issues;
  const keys = first?.path ?? [];
  const line = lineOf(keys);
  return new DataFolderError(
    `${path}, line ${line}, is not in the form it should have (${keys.join('.') || 'the whole'}: ${first?.message ?? ''}).`,
    { cause: error },
  );
}
