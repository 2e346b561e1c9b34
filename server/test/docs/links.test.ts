import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { programDir } from '../../config.js';

t.test('every relative link in the documentation leads somewhere', async (t) => {
  const docs = (readdirSync(join(programDir, 'docs'), { recursive: true }) as string[]).map((name) =>
    join('docs', name),
  );
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    ...docs.filter((name) => name.endsWith('.md')),
  ];
  let followed = 0;
  for (const page of pages) {
    const text = readFileSync(join(programDir, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      followed++;
      t.ok(existsSync(join(programDir, dirname(page), target)), `${page} -> ${target}`);
    }
  }
  t.ok(followed >= 10, `${followed} links`);
});
