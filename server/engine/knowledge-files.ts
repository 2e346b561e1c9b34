import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { DataFolderError } from './db/data-folder.js';

/** Carrel's own knowledge folder, found upwards from this file. */
export const knowledgeDir = findUpwards(dirname(fileURLToPath(import.meta.url)));

/**
 * Reads every YAML file of a folder below each of `dirs`: a mapping from file name (without ending) to its parsed
 * content, one per folder that has it, Carrel's own first. Throws DataFolderError naming file and line when one is not
 * valid YAML.
 */
export function readKnowledge(folder: string, dirs: readonly string[]): { name: string; content: unknown }[] {
  return [knowledgeDir, ...dirs].flatMap((dir) => {
    const path = join(dir, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((file) => /\.ya?ml$/.test(file))
      .sort()
      .map((file) => ({ name: file.replace(/\.ya?ml$/, ''), content: readYaml(join(path, file)).content }));
  });
}

/** A digest of what readKnowledge reads: another one means that whatever was made with it has to be made again. */
export function knowledgeDigest(folder: string, dirs: readonly string[]): string {
  return hash('sha256', JSON.stringify(readKnowledge(folder, dirs)), 'hex');
}

/**
 * Reads one YAML file; `lineOf` tells at which line the value at a path of keys begins, or the nearest value around it.
 * Throws DataFolderError naming file and line when it cannot be read.
 */
export function readYaml(path: string): {
  content: unknown;
  lineOf: (keys: readonly PropertyKey[]) => number;
} {
  const lines = new LineCounter();
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DataFolderError(`The file ${path} cannot be opened.`, { cause });
  }
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw notYaml(path, lines.linePos(error.pos[0]).line, error);
  let content: unknown;
  try {
    content = document.toJS();
  } catch (cause) {
    throw notYaml(path, 1, cause);
  }
  return {
    content,
    lineOf(keys) {
      for (let depth = keys.length; depth >= 0; depth--) {
        const node: unknown = depth === 0 ? document.contents : document.getIn(keys.slice(0, depth), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    },
  };
}

/** The parser's reason without the place and the quotation that it adds to it. */
function notYaml(path: string, line: number, cause: unknown): DataFolderError {
  const said = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : '';
  const reason = said.replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
  return new DataFolderError(`${path}, line ${line}, is not valid YAML (${reason}).`, { cause });
}

function findUpwards(from: string): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const found = join(dir, 'data', 'knowledge');
    if (existsSync(found)) return found;
    if (dir === dirname(dir)) throw new Error(`No data/knowledge folder above ${from}`);
  }
}
