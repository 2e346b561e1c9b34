/** Reads and checks the YAML files of the sample catalogue. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { z } from 'zod';
import {
  type Branch,
  branchesSchema,
  publishersSchema,
  shelfSchema,
  type Work,
  workSchema,
} from './schema.js';

/** Everything the sample is made from: works ordered by id, branches, and where each publisher sits. */
export interface SampleSource {
  readonly works: readonly Work[];
  readonly branches: readonly Branch[];
  readonly publishers: Readonly<Record<string, string>>;
}

/** Persons known by one name; everyone else is written "Surname, Forename", quoted within a list. */
const SINGLE_NAMES = new Set(['Homer', 'Laozi']);
const PERSONS = [
  'author',
  'editor',
  'translator',
  'illustrator',
  'composer',
  'performer',
  'narrator',
  'director',
  'actor',
  'contributor',
] as const satisfies readonly (keyof Work)[];

const NOT_SHELVES = new Set(['branches.yaml', 'publishers.yaml']);

/** The repository's root: the nearest folder upwards whose package.json is Carrel's own. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isRoot(folder)) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('No package.json named "carrel" lies above the sample scripts.');
    folder = parent;
  }
  return folder;
}

function isRoot(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && /"name":\s*"carrel"/.test(readFileSync(manifest, 'utf8'));
}

/**
 * Reads every YAML file of a folder (data/sample unless told) into a checked SampleSource.
 * Throws an Error of one sentence that names the file, and the title where one work is at fault.
 */
export function loadSample(folder = join(repositoryRoot(), 'data', 'sample')): SampleSource {
  const works: Work[] = [];
  const seen = new Map<string, string>();
  const branches = checked('branches.yaml', branchesSchema, readYaml(folder, 'branches.yaml'));
  const codes = new Set(branches.map((branch) => branch.code));
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !NOT_SHELVES.has(name));
  for (const file of files.sort()) {
    const shelf = checked(file, shelfSchema, readYaml(folder, file));
    for (const raw of shelf.works) {
      const label = `${file}, "${String(raw['title'] ?? raw['id'])}"`;
      const work = checked(label, workSchema, { ...shelf.defaults, ...raw });
      checkWork(label, work, codes);
      const earlier = seen.get(work.id);
      if (earlier !== undefined)
        throw new Error(`${label}: the id ${work.id} is already taken by ${earlier}.`);
      seen.set(work.id, label);
      works.push(work);
    }
  }
  works.sort((a, b) => (a.id < b.id ? -1 : 1));
  const publishers = checked('publishers.yaml', publishersSchema, readYaml(folder, 'publishers.yaml'));
  return { works, branches, publishers };
}

function readYaml(folder: string, file: string): unknown {
  try {
    return parse(readFileSync(join(folder, file), 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new Error(`${file}: this is not readable YAML (${reason}).`, { cause: error });
  }
}

function checked<S extends z.ZodType>(label: string, schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  throw new Error(`${label}: ${where ? `${where}: ` : ''}${issue?.message ?? 'not as expected'}.`);
}

/** What the schema cannot see in one field alone. */
function checkWork(label: string, work: Work, branches: ReadonlySet<string>): void {
  const fail = (sentence: string): never => {
    throw new Error(`${label}: ${sentence}`);
  };
  const online = work.format === 'e-book' || work.format === 'e-audio';
  if (online && work.link === undefined) fail('an online work needs a link.');
  if (!online && (work.items === undefined || work.call === undefined))
    fail('a call number and items are needed.');
  for (const item of work.items?.split(' ') ?? []) {
    if (!branches.has(item.slice(0, 4))) fail(`there is no branch ${item.slice(0, 4)}.`);
  }
  // YAML parts an unquoted [Bogart, Humphrey] at its comma into two persons who never were.
  for (const name of PERSONS.flatMap((role) => work[role] ?? [])) {
    if (!name.includes(',') && !SINGLE_NAMES.has(name))
      fail(`"${name}" is half a name: write "Surname, Forename" in quotes.`);
  }
  if (work.isbn !== undefined && !isIsbn13(work.isbn)) fail(`${work.isbn} is not a valid ISBN-13.`);
}

/** Whether thirteen digits are an ISBN-13 whose check digit holds. */
export function isIsbn13(isbn: string): boolean {
  if (!/^97[89]\d{10}$/.test(isbn)) return false;
  const sum = [...isbn].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}
