/** Where a command writes: standard output and standard error, or a test's own. */
export interface CommandOutput {
  /** Writes text as it is. */
  write(text: string | Uint8Array): void;
  /** Writes one line for problems. */
  problem(line: string): void;
  /** True when a person looks at it as it comes: progress then stays on one line. */
  interactive: boolean;
}

/** Option of a command as node:util parseArgs takes it, with the sentence that help shows. */
export interface CommandOption {
  type: 'string' | 'boolean';
  multiple?: false;
  short?: string;
  /** What stands for the value in help, such as NAME. */
  value?: string;
  means: string;
}

/** The options of a command as lines of help. */
export function optionLines(options: Readonly<Record<string, CommandOption>>): string {
  const rows = Object.entries(options).map(([name, { value, means }]) => {
    const flag = value === undefined ? `--${name}` : `--${name} ${value}`;
    return `  ${flag.padEnd(24)} ${means}`;
  });
  return rows.join('\n');
}
