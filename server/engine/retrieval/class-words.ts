import { z } from 'zod';
import { wordsOf } from '../../lib/words.js';
import { readKnowledge } from '../knowledge-files.js';

/** Words and class tokens ("lcc_ql", "ddc_636") that a call number stands for; [] for a shelf mark of neither scheme. */
export type ClassWords = (callNumber: string | undefined) => string[];

/** Reads the class tables of data/knowledge/classes (lcc.yaml, dewey.yaml) and any overlay of the same name. */
export function readClassWords(dirs: readonly string[] = []): ClassWords {
  const table = z.record(z.string(), z.string());
  const lcc = new Map<string, string[]>();
  const dewey = new Map<string, string[]>();
  for (const { name, content } of readKnowledge('classes', dirs)) {
    const target = name === 'lcc' ? lcc : name === 'dewey' ? dewey : undefined;
    if (!target) continue;
    for (const [prefix, text] of Object.entries(table.parse(content))) target.set(prefix, wordsOf(text));
  }
  return (callNumber) => {
    // "FIC Smith" is a shelf mark: class letters are known ones, alone or before a number.
    const letters = /^([A-Z]{1,3})(?:\s?(\d{1,4})|$)/.exec(callNumber ?? '');
    const known = letters?.[1] !== undefined && (lcc.has(letters[1]) || lcc.has(letters[1].slice(0, 2)));
    if (known) return lccWords(lcc, letters[1] ?? '', letters[2]);
    const number = /^(?:[A-Z]{1,3} ?)?(\d{3})(?!\d)(?:\.(\d+))?/.exec(callNumber ?? '');
    return number?.[1] === undefined ? [] : deweyWords(dewey, number[1], number[2] ?? '');
  };
}

function lccWords(table: Map<string, string[]>, letters: string, number = ''): string[] {
  const found: string[] = [];
  for (let length = 1; length <= letters.length; length++) {
    const prefix = letters.slice(0, length);
    found.push(`lcc_${prefix.toLowerCase()}`);
    if (length === letters.length || table.get(letters) === undefined)
      found.push(...(table.get(prefix) ?? []));
  }
  const numbered = number.length >= 4 ? table.get(`${letters}${number.slice(0, 2)}00`) : undefined;
  return [...found, ...(numbered ?? [])];
}

function deweyWords(table: Map<string, string[]>, whole: string, decimals: string): string[] {
  const found: string[] = [];
  for (let length = 1; length <= 3; length++) {
    found.push(`ddc_${whole.slice(0, length)}`, ...(table.get(whole.slice(0, length)) ?? []));
  }
  for (let length = 1; length <= Math.min(2, decimals.length); length++) {
    found.push(...(table.get(`${whole}.${decimals.slice(0, length)}`) ?? []));
  }
  return found;
}
