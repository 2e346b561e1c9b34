import { parseArgs } from 'node:util';
import type { CommandOption, CommandOutput } from '../../commands/output.js';

export interface Written {
  output: CommandOutput;
  text: () => string;
  problems: string[];
}

/** A terminal that keeps what was written to it. */
export function createTerminal(interactive = false): Written {
  const written: Uint8Array[] = [];
  const problems: string[] = [];
  return {
    output: {
      write: (text) => void written.push(Buffer.from(text)),
      problem: (line) => void problems.push(line),
      interactive,
    },
    text: () => Buffer.concat(written).toString(),
    problems,
  };
}

/** Arguments by a command's own table, as the command line reads them. */
export function readArgs<T extends Record<string, CommandOption>>(
  args: string[],
  options: T,
): {
  positionals: string[];
  values: { [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string };
} {
  const table = Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }]));
  const { positionals, values } = parseArgs({ args, options: table, allowPositionals: true });
  return {
    positionals,
    values: values as { [K in keyof T]?: T[K]['type'] extends 'boolean' ? boolean : string },
  };
}
