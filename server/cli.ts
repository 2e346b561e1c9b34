#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { readConfig } from './config.js';
import { expectedSentence } from './commands/expected-error.js';
import type { CommandOption, CommandOutput } from './commands/output.js';

const overview = `Carrel, the library's own front desk

  carrel import FILE...    put catalogue files in, or look through what was refused
  carrel search WORDS...   ask from the command line
  carrel serve             answer patrons
  carrel train             learn vectors from the catalogue
  carrel eval DIR          measure search on judged queries
  carrel embed             let the embedding model read the catalogue, switch, switch back
  carrel models            model files: list, pull, add, use, remove, verify
  carrel ils               the library's own system, lenders and feeds: set up, try, change
  carrel kept              what patrons chose to have kept: count, erase one's
  carrel harvest           fetch what a feed has, now; how each is followed
  carrel bundle            pack all of it for a machine without a network
  carrel doctor            look at this machine: what it can carry, what a patron will feel

carrel COMMAND --help says more. Settings come from the environment: docs/configuration.md.`;

const output: CommandOutput = {
  write: (text) => void process.stdout.write(text),
  problem: (line) => void process.stderr.write(`${line}\n`),
  interactive: process.stdout.isTTY,
};

// A reader that has seen enough (`| head -1`) ends neither an import half way nor with a stack.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
process.once('SIGTERM', () => interrupted.abort());

process.exitCode = await run(process.argv[2], process.argv.slice(3));

/** Loads only the command that is asked for: an import need not wait for what search needs. */
async function run(command: string | undefined, args: string[]): Promise<number> {
  switch (command) {
    case 'import': {
      const { importCommand, importHelp, importOptions } = await import('./commands/import.js');
      const { checkCommand } = await import('./commands/check.js');
      return withOptions(args, importOptions, importHelp, (positionals, values) =>
        importCommand({
          dataDir: dataDir(),
          positionals,
          values,
          output,
          signal: interrupted.signal,
          check: checkCommand,
        }),
      );
    }
    case 'search': {
      const { searchCommand, searchHelp, searchOptions } = await import('./commands/search.js');
      return withOptions(args, searchOptions, searchHelp, (positionals, values) =>
        searchCommand({
          config: readConfig(process.env),
          positionals,
          values,
          output,
          signal: interrupted.signal,
        }),
      );
    }
    case 'train': {
      const { trainCommand, trainHelp, trainOptions } = await import('./commands/train.js');
      return withOptions(args, trainOptions, trainHelp, (_positionals, values) =>
        trainCommand({ dataDir: dataDir(), values, output, signal: interrupted.signal }),
      );
    }
    case 'eval': {
      const { evalCommand, evalHelp, evalOptions } = await import('./commands/eval.js');
      const { openChosenReranker } = await import('./commands/chosen-models.js');
      return withOptions(args, evalOptions, evalHelp, (positionals, values) =>
        evalCommand({
          positionals,
          values,
          output,
          signal: interrupted.signal,
          ...(process.env['CARREL_DATA'] !== undefined && {
            dataDir: dataDir(),
            openReranker: () => openChosenReranker(readConfig(process.env), interrupted.signal),
          }),
        }),
      );
    }
    case 'models': {
      const { modelsCommand, modelsHelp, modelsOptions } = await import('./commands/models.js');
      return withOptions(args, modelsOptions, modelsHelp, (positionals, values) =>
        modelsCommand({
          config: readConfig(process.env),
          positionals,
          values,
          output,
          signal: interrupted.signal,
        }),
      );
    }
    case 'embed': {
      const { embedCommand, embedHelp, embedOptions } = await import('./commands/embed.js');
      const { openChosenEmbedding } = await import('./commands/chosen-models.js');
      return withOptions(args, embedOptions, embedHelp, (_positionals, values) => {
        const config = readConfig(process.env);
        return embedCommand({
          dataDir: config.dataDir,
          values,
          output,
          signal: interrupted.signal,
          openEmbedding: () => openChosenEmbedding(config, interrupted.signal),
        });
      });
    }
    case 'bundle': {
      const { bundleCommand, bundleHelp, bundleOptions } = await import('./commands/bundle.js');
      return withOptions(args, bundleOptions, bundleHelp, (_positionals, values) =>
        bundleCommand({ config: readConfig(process.env), values, output, signal: interrupted.signal }),
      );
    }
    case 'harvest': {
      const { harvestCommand, harvestHelp, harvestOptions } = await import('./commands/harvest.js');
      const { sourceKinds } = await import('./engine/settings/source-kinds.js');
      return withOptions(args, harvestOptions, harvestHelp, (positionals, values) =>
        harvestCommand({
          dataDir: dataDir(),
          positionals,
          values,
          output,
          signal: interrupted.signal,
          kinds: sourceKinds,
        }),
      );
    }
    case 'ils': {
      const { ilsCommand, ilsHelp, ilsOptions } = await import('./commands/ils.js');
      const { askSecret } = await import('./commands/ask-secret.js');
      const { openAdapter } = await import('./engine/ils/open-adapter.js');
      const { sourceKinds } = await import('./engine/settings/source-kinds.js');
      return withOptions(args, ilsOptions, ilsHelp, (positionals, values) =>
        ilsCommand({
          dataDir: dataDir(),
          positionals,
          values,
          output,
          signal: interrupted.signal,
          kinds: sourceKinds,
          openIls: (source) => openAdapter(source).ils,
          askSecret,
        }),
      );
    }
    case 'kept': {
      const { keptCommand, keptHelp, keptOptions } = await import('./commands/kept.js');
      const { askSecret } = await import('./commands/ask-secret.js');
      const { patronNumberOf } = await import('./engine/ils/patron-number.js');
      const { sourceKinds } = await import('./engine/settings/source-kinds.js');
      return withOptions(args, keptOptions, keptHelp, (positionals, values) =>
        keptCommand({
          dataDir: dataDir(),
          positionals,
          values,
          output,
          signal: interrupted.signal,
          kinds: sourceKinds,
          numberOf: patronNumberOf,
          askSecret,
          isTyped: process.stdin.isTTY,
        }),
      );
    }
    case 'doctor': {
      const { doctorCommand, doctorHelp, doctorOptions } = await import('./commands/doctor.js');
      const { measureSpeed } = await import('./engine/llm/measure-speed.js');
      const { measureEmbedding } = await import('./commands/measure-embedding.js');
      return withOptions(args, doctorOptions, doctorHelp, (_positionals, values) =>
        doctorCommand({
          config: readConfig(process.env),
          values,
          output,
          signal: interrupted.signal,
          measureSpeed,
          measureEmbedding,
        }),
      );
    }
    case 'serve': {
      const { serveHelp } = await import('./commands/serve.js');
      return withOptions(args, {}, serveHelp, async () => {
        await import('./main.js');
        return Number(process.exitCode ?? 0);
      });
    }
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      output.write(`${overview}\n`);
      return 0;
    default:
      output.problem(`carrel has no command "${command}"; carrel --help lists them.`);
      return 2;
  }
}

/** Reads options by the command's own table, so that help and parsing cannot differ. */
async function withOptions<T extends Record<string, CommandOption>>(
  args: string[],
  options: T,
  help: string,
  start: (
    positionals: string[],
    values: { [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string },
  ) => Promise<number>,
): Promise<number> {
  const table = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  let parsed;
  try {
    parsed = parseArgs({
      args,
      options: { ...table, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    output.problem(error instanceof Error ? error.message : 'The options could not be read.');
    return 2;
  }
  const { help: wantsHelp, ...values } = parsed.values;
  if (wantsHelp === true) {
    output.write(`${help}\n`);
    return 0;
  }
  try {
    return await start(parsed.positionals, values);
  } catch (error) {
    const sentence = expectedSentence(error);
    if (sentence === undefined) throw error;
    output.problem(sentence);
    return 1;
  }
}

function dataDir(): string {
  return readConfig(process.env).dataDir;
}
