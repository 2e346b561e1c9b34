import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Carrel's own knowledge folder, found upwards from this file. */
export const knowledgeDir = findUpwards(dirname(fileURLToPath(import.meta.url)));

/**
 * Reads every YAML file of a folder below each of `dirs`: a mapping from file name (without ending) to its parsed
 * content, one per folder that has it, Carrel's own first. Throws with the path when a file is not valid YAML.
 */
export function readKnowledge(folder: string, dirs: readonly string[]): { name: string; content: unknown }[] {
  return [knowledgeDir, ...dirs].flatMap((dir) => {
    const path = join(dir, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((file) => /\.ya?ml$/.test(file))
      .sort()
      .map((file) => ({ name: file.replace(/\.ya?ml$/, ''), content: parseFile(join(path, file)) }));
  });
}

function parseFile(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new Error(`${path} cannot be read as YAML`, { cause });
  }
}

function findUpwards(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const found = join(dir, 'data', 'knowledge');
    if (existsSync(found)) return found;
    if (dir === dirname(dir)) throw new Error(`No data/knowledge folder above ${from}`);
  }
}
