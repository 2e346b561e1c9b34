import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir, settings } from '../../config.js';
import { problems } from '../../contract/problems.js';

/** Rows of the first Markdown table whose header starts with `first`, cells trimmed, code marks taken off. */
function tableRows(file: string, first: string): string[][] {
  const lines = readFileSync(join(programDir, 'docs', file), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${first} `));
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    const cells = line.split('|').slice(1, -1);
    rows.push(cells.map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')));
  }
  return rows;
}

t.test('docs/errors.md lists every problem, and no other', async (t) => {
  const documented = tableRows('errors.md', 'code').map(([code, status, title]) => [code, status, title]);
  const coded = Object.entries(problems).map(([code, { status, title }]) => [code, String(status), title]);
  t.strictSame(documented, coded);
});

t.test('docs/configuration.md lists every setting with its default, and no other', async (t) => {
  const documented = tableRows('configuration.md', 'setting').map(([name, value, means]) => [
    name,
    value,
    means,
  ]);
  t.strictSame(
    documented,
    settings.map((s) => [s.name, s.default === '' ? '(none)' : s.default, s.means]),
  );
});
