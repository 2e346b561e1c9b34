import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Start-up settings. Each is a row of `settings`: its name, its default and a sentence; docs/configuration.md is tested equal. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly programDir: string;
  readonly libraryName: string;
  readonly staffKey: string | undefined;
  readonly ils: 'demo' | 'none';
  readonly workers: number;
  readonly searchQueue: number;
  readonly rateLimitPerMinute: number;
  readonly trustProxy: number;
  readonly secureCookies: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export interface Setting {
  name: string;
  default: string;
  means: string;
}

/** Search threads that a large machine gets unasked: eight answer more than a library asks, and memory grows with each. */
const MOST_WORKERS = 8;

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().min(1).max(10_000);

const rows = {
  CARREL_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    means: 'Address to listen on; 0.0.0.0 lets the library’s network in.',
  },
  CARREL_PORT: { schema: port, default: '8080', means: 'TCP port; 0 takes any free one.' },
  CARREL_DATA: {
    schema: z.string().min(1),
    default: './var',
    means: 'Folder for the catalogue, jobs and uploads. On a local disk, never a network share.',
  },
  CARREL_LIBRARY: {
    schema: z.string().max(120),
    default: 'The library',
    means: 'Name that the page shows.',
  },
  CARREL_STAFF_KEY: {
    schema: z.union([z.literal(''), z.string().min(16)]),
    default: '',
    means: 'Key of 16 characters or more for the staff addresses; without one they are closed.',
  },
  CARREL_ILS: {
    schema: z.enum(['demo', 'none']),
    default: 'demo',
    means: '`demo` simulates circulation, and says so wherever it shows; `none` answers "unknown".',
  },
  CARREL_WORKERS: {
    schema: count.max(64),
    default: String(Math.min(MOST_WORKERS, Math.max(1, availableParallelism()))),
    means:
      'Search threads: as many as cores, at most 8 unless you say more, for each keeps its own vectors and maps up to 96 MiB of the catalogue.',
  },
  CARREL_SEARCH_QUEUE: {
    schema: count,
    default: '512',
    means: 'Searches that may wait before Carrel answers 503 with Retry-After.',
  },
  CARREL_RATE_LIMIT: {
    schema: z.coerce.number().int().min(0).max(1_000_000),
    default: '100',
    means: 'Requests a minute and client address; 0 switches the limit off.',
  },
  CARREL_TRUST_PROXY: {
    schema: z.coerce.number().int().min(0).max(5),
    default: '0',
    means: 'Reverse proxies in front whose X-Forwarded-For is believed.',
  },
  CARREL_SECURE_COOKIES: {
    schema: z.stringbool(),
    default: 'false',
    means: 'Mark cookies Secure; switch on behind TLS.',
  },
  CARREL_LOG: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    default: 'info',
    means: 'How much is written to standard output, as JSON lines. Never a question’s text.',
  },
} as const;

/** The table of start-up settings, for `carrel serve --help` and the documentation. */
export const settings: readonly Setting[] = Object.entries(rows).map(([name, row]) => ({
  name,
  default: name === 'CARREL_WORKERS' ? 'number of cores, at most 8' : row.default,
  means: row.means,
}));

/** The folder that holds package.json and data/, found upwards from this file. */
export const programDir = findProgramDir(dirname(fileURLToPath(import.meta.url)));

/** Settings that are wrong, all of them at once; values are never repeated, since one may be a secret. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Carrel cannot start: ${problems.join('; ')}.`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Environment into a frozen Config. Throws ConfigError naming every bad setting, and every unknown CARREL_ name. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const bad: string[] = [];
  const read = <K extends keyof typeof rows>(name: K): z.infer<(typeof rows)[K]['schema']> => {
    const row = rows[name];
    const result = row.schema.safeParse(env[name] ?? row.default);
    if (!result.success) bad.push(`${name} is not usable (${row.means})`);
    return result.data as z.infer<(typeof rows)[K]['schema']>;
  };
  for (const name of Object.keys(env)) {
    if (name.startsWith('CARREL_') && !(name in rows)) bad.push(`${name} is not a setting of Carrel`);
  }
  const config: Config = {
    host: read('CARREL_HOST'),
    port: read('CARREL_PORT'),
    dataDir: resolve(read('CARREL_DATA')),
    programDir,
    libraryName: read('CARREL_LIBRARY'),
    staffKey: read('CARREL_STAFF_KEY') || undefined,
    ils: read('CARREL_ILS'),
    workers: read('CARREL_WORKERS'),
    searchQueue: read('CARREL_SEARCH_QUEUE'),
    rateLimitPerMinute: read('CARREL_RATE_LIMIT'),
    trustProxy: read('CARREL_TRUST_PROXY'),
    secureCookies: read('CARREL_SECURE_COOKIES'),
    logLevel: read('CARREL_LOG'),
  };
  if (bad.length > 0) throw new ConfigError(bad);
  return Object.freeze(config);
}

function findProgramDir(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    if (existsSync(join(dir, 'package.json')) && existsSync(join(dir, 'data'))) return dir;
    if (dir === dirname(dir)) return from;
  }
}
