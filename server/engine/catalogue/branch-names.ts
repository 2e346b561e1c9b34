import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../contract/problems.js';
import { DataFolderError } from '../db/data-folder.js';
import { readYaml } from '../knowledge-files.js';
import type { Bib } from './bib.js';

/** Names on the doors by the codes that MARC items carry. */
export type BranchNames = Readonly<Record<string, string>>;

const Branches = z.array(z.object({ code: z.string().min(1), name: z.string().min(1) }).loose());

/**
 * Reads `<dataDir>/branches.yaml`, a list of `code` and `name`: catalogue files hold codes alone, and patrons know names.
 * Answers {} where there is no such file; throws Problem('file_unreadable') naming it and the line when it cannot be
 * understood.
 */
export function readBranchNames(dataDir: string): BranchNames {
  const path = join(dataDir, 'branches.yaml');
  if (!existsSync(path)) return {};
  try {
    const { content, lineOf } = readYaml(path);
    const read = Branches.safeParse(content);
    if (read.success) return Object.fromEntries(read.data.map(({ code, name }) => [code, name]));
    const line = lineOf(read.error.issues[0]?.path ?? []);
    throw new DataFolderError(`${path}, line ${line}, is not a list of branches with code and name.`);
  } catch (error) {
    if (!(error instanceof DataFolderError)) throw error;
    throw new Problem('file_unreadable', { detail: error.message }, { cause: error });
  }
}

/** The record with names put to the branches of its copies, where its own fields say none. */
export function withBranchNames(bib: Bib, names: BranchNames): Bib {
  if (bib.items.every((item) => item.branchName !== undefined || names[item.branchId] === undefined))
    return bib;
  const items = bib.items.map((item) => {
    const name = item.branchName ?? names[item.branchId];
    return name === undefined ? item : { ...item, branchName: name };
  });
  return { ...bib, items };
}
