import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../contract/problems.js';
import { Locale } from '../../contract/vocabulary.js';
import { measure, type Measures } from '../../lib/relevance-measures.js';

const JudgedQuery = z.object({
  id: z.string(),
  type: z.string(),
  text: z.string(),
  locale: Locale.default('en'),
  scope: z.string().optional(),
});
export type JudgedQuery = z.infer<typeof JudgedQuery>;

/** Record ids by query id, best first. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** Questions with the records that people found right for them. */
export interface Judged {
  queries: JudgedQuery[];
  /** Whether there are judgements at all. */
  hasGrades: boolean;
  /** Grade of each record right for a query. */
  gradesOf(query: string): ReadonlyMap<string, number>;
  /** The judged records, where not all were. */
  scopeOf(query: JudgedQuery): ReadonlySet<string> | undefined;
  measure(query: JudgedQuery, answer: readonly string[]): Measures;
}

/**
 * Reads DIR/queries.jsonl (id, type, text, locale, scope), DIR/qrels.tsv (query id, record id, grade) where there is one,
 * and the scope_NAME.txt that queries name. Throws Problem('bad_request') naming the line that is no query.
 */
export async function readJudged(dir: string): Promise<Judged> {
  const queries = await readQueries(join(dir, 'queries.jsonl'));
  const grades = new Map<string, Map<string, number>>();
  const hasGrades = existsSync(join(dir, 'qrels.tsv'));
  for (const line of hasGrades ? await linesOf(join(dir, 'qrels.tsv')) : []) {
    const [query = '', record = '', grade] = line.split('\t');
    grades.set(query, (grades.get(query) ?? new Map<string, number>()).set(record, Number(grade)));
  }
  const scopes = new Map<string, Set<string>>();
  for (const name of new Set(queries.flatMap(({ scope }) => scope ?? []))) {
    const path = join(dir, `scope_${name}.txt`);
    if (existsSync(path)) scopes.set(name, new Set(await linesOf(path)));
  }
  const none: ReadonlyMap<string, number> = new Map();
  const gradesOf = (query: string) => grades.get(query) ?? none;
  const scopeOf = ({ scope }: JudgedQuery) => (scope === undefined ? undefined : scopes.get(scope));
  return {
    queries,
    hasGrades,
    gradesOf,
    scopeOf,
    measure: (query, answer) => measure(answer, gradesOf(query.id), scopeOf(query)),
  };
}

/** Lines of a text file, empty ones left out. */
export async function linesOf(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
}

async function readQueries(path: string): Promise<JudgedQuery[]> {
  return (await linesOf(path)).map((line, at) => {
    try {
      return JudgedQuery.parse(JSON.parse(line));
    } catch (error) {
      const [issue] = error instanceof z.ZodError ? error.issues : [];
      const why = issue ? `${issue.path.join('.')}: ${issue.message}` : 'it is not JSON';
      throw new Problem(
        'bad_request',
        { detail: `queries.jsonl, line ${at + 1}: ${why}.` },
        { cause: error },
      );
    }
  });
}
