import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { RemoteEngine } from './engine/remote/endpoint.js';

/** Start-up settings. Each is a row of `settings`: its name, its default and a sentence; docs/configuration.md is tested equal. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly programDir: string;
  readonly libraryName: string;
  readonly staffKey: string | undefined;
  readonly ils: 'auto' | 'demo' | 'none';
  readonly signInTries: number;
  readonly signInTriesADay: number;
  readonly visitIdleMs: number;
  readonly visitLongestMs: number;
  readonly ai: boolean;
  readonly gpu: 'auto' | 'off' | 'cuda' | 'vulkan' | 'metal';
  readonly answerBudgetMs: number;
  readonly remoteLlm: RemoteEngine | undefined;
  readonly remoteEmbedding: RemoteEmbedding | undefined;
  readonly modelHub: string;
  readonly workers: number;
  readonly searchQueue: number;
  readonly rateLimitPerMinute: number;
  readonly trustProxy: number;
  readonly secureCookies: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
}

export interface RemoteEmbedding extends RemoteEngine {
  readonly queryPrefix: string;
  readonly passagePrefix: string;
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
    schema: z.enum(['auto', 'demo', 'none']),
    default: 'auto',
    means:
      'Whom Carrel asks about copies and patrons: `auto` the systems set up by `carrel ils`, and while there are none a simulation that says so wherever it shows; `demo` always simulates; `none` asks nobody.',
  },
  CARREL_SIGN_IN_TRIES: {
    schema: z.coerce.number().int().min(1).max(20),
    default: '2',
    means:
      'Wrong PINs that a card may be tried with in five minutes; fewer than the library’s system takes before it locks the card (Polaris locks at 3).',
  },
  CARREL_SIGN_IN_TRIES_A_DAY: {
    schema: z.coerce.number().int().min(1).max(1000),
    default: '4',
    means:
      'The same in a day: fewer than the library’s system takes where it counts until a PIN is right (Koha FailedLoginAttempts).',
  },
  CARREL_VISIT_IDLE: {
    schema: z.coerce.number().min(0.5).max(120),
    default: '10',
    means: 'Minutes without a request after which a patron is signed out.',
  },
  CARREL_VISIT_LONGEST: {
    schema: z.coerce.number().min(5).max(1440),
    default: '120',
    means: 'Minutes after which a patron is signed out, however busy.',
  },
  CARREL_AI: {
    schema: z.stringbool(),
    default: 'true',
    means:
      'Whether a language model may read questions and write; off, answers are composed from records alone.',
  },
  CARREL_GPU: {
    schema: z.enum(['auto', 'off', 'cuda', 'vulkan', 'metal']),
    default: 'auto',
    means: 'Where the language model runs; `auto` takes a GPU that works, else the processor.',
  },
  CARREL_ANSWER_BUDGET: {
    schema: z.coerce.number().min(0.5).max(120),
    default: '6',
    means:
      'Seconds in which a model’s answer must begin; when it would take longer, the composed answer is given and the patron is told.',
  },
  CARREL_LLM_URL: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    default: '',
    means:
      'Address of an engine that speaks OpenAI’s protocol (llama-server, vLLM, Ollama), such as http://engine.example:8080/v1; it then writes in place of a local model and sees what patrons ask.',
  },
  CARREL_LLM_MODEL: {
    schema: z.string().max(200),
    default: '',
    means: 'Name of the model at that address.',
  },
  CARREL_LLM_KEY: {
    schema: z.string().max(500),
    default: '',
    means: 'Key that the engine asks for, where it asks for one.',
  },
  CARREL_EMBED_URL: {
    schema: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
    default: '',
    means:
      'Address of an engine for embeddings (Text Embeddings Inference, vLLM, Ollama, llama-server), such as http://engine.example:8081/v1.',
  },
  CARREL_EMBED_MODEL: {
    schema: z.string().max(200),
    default: '',
    means: 'Name of the embedding model at that address.',
  },
  CARREL_EMBED_KEY: {
    schema: z.string().max(500),
    default: '',
    means: 'Key that the embedding engine asks for, where it asks for one.',
  },
  CARREL_EMBED_QUERY_PREFIX: {
    schema: z.string().max(200),
    default: '',
    means: 'What that model wants before a question, such as "query: "; a wrong one quietly ruins search.',
  },
  CARREL_EMBED_PASSAGE_PREFIX: {
    schema: z.string().max(200),
    default: '',
    means: 'What that model wants before a record’s text, such as "passage: ".',
  },
  CARREL_MODEL_HUB: {
    schema: z.url({ protocol: /^https?$/ }),
    default: 'https://huggingface.co',
    means:
      'Where `carrel models pull` fetches from when a person runs it, such as a mirror in the house with the same paths; nothing else fetches anything.',
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

/** Settings that are secrets. Whoever has read them drops them from the environment, which every process started later inherits. */
export const secretSettings = [
  'CARREL_STAFF_KEY',
  'CARREL_LLM_KEY',
  'CARREL_EMBED_KEY',
] as const satisfies readonly (keyof typeof rows)[];

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
  const remote = (url: string, model: string, key: string, name: string): RemoteEngine | undefined => {
    if (url !== '' && model === '') bad.push(`${name}_MODEL is missing (which model is at ${name}_URL)`);
    return url === '' ? undefined : { url, model, key: key || undefined };
  };
  const embedding = remote(
    read('CARREL_EMBED_URL'),
    read('CARREL_EMBED_MODEL'),
    read('CARREL_EMBED_KEY'),
    'CARREL_EMBED',
  );
  const config: Config = {
    host: read('CARREL_HOST'),
    port: read('CARREL_PORT'),
    dataDir: resolve(read('CARREL_DATA')),
    programDir,
    libraryName: read('CARREL_LIBRARY'),
    staffKey: read('CARREL_STAFF_KEY') || undefined,
    ils: read('CARREL_ILS'),
    signInTries: read('CARREL_SIGN_IN_TRIES'),
    signInTriesADay: read('CARREL_SIGN_IN_TRIES_A_DAY'),
    visitIdleMs: Math.round(read('CARREL_VISIT_IDLE') * 60_000),
    visitLongestMs: Math.round(read('CARREL_VISIT_LONGEST') * 60_000),
    ai: read('CARREL_AI'),
    gpu: read('CARREL_GPU'),
    answerBudgetMs: Math.round(read('CARREL_ANSWER_BUDGET') * 1000),
    remoteLlm: remote(read('CARREL_LLM_URL'), read('CARREL_LLM_MODEL'), read('CARREL_LLM_KEY'), 'CARREL_LLM'),
    remoteEmbedding: embedding && {
      ...embedding,
      queryPrefix: read('CARREL_EMBED_QUERY_PREFIX'),
      passagePrefix: read('CARREL_EMBED_PASSAGE_PREFIX'),
    },
    modelHub: read('CARREL_MODEL_HUB'),
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
