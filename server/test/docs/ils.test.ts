import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../../config.js';
import { sourceKinds } from '../../engine/settings/source-kinds.js';
import { secretsOf, type SourceKind } from '../../engine/settings/sources.js';
import { choicesOf } from '../../engine/settings/wanted.js';

const pages: Record<keyof typeof sourceKinds, { file: string; heading: string }> = {
  koha: { file: 'koha.md', heading: '## Settings' },
  polaris: { file: 'polaris.md', heading: '## Settings' },
  sip2: { file: 'sip2.md', heading: '## Settings' },
  overdrive: { file: 'overdrive.md', heading: '## Settings' },
  oai: { file: 'feeds.md', heading: '## OAI-PMH settings' },
  sru: { file: 'feeds.md', heading: '## SRU settings' },
};

/** A kind's settings as the lines of a Markdown table, as the pages have them. */
function tableOf(kind: SourceKind): string[] {
  const secrets = secretsOf(kind);
  const rows = Object.entries(kind.schema.shape).map(([name, schema]) => {
    const without = schema.safeParse(undefined);
    const value = !without.success
      ? 'needed'
      : secrets.has(name)
        ? '(secret)'
        : without.data === undefined
          ? '(none)'
          : `\`${JSON.stringify(without.data)}\``;
    const others = (choicesOf(schema) ?? []).filter((one) => one !== without.data);
    const or =
      others.length === 0 ? '' : `; or ${others.map((one) => `\`${JSON.stringify(one)}\``).join(', ')}`;
    const means = (schema.description ?? '').replaceAll('|', '\\|').replace(/\.$/, '');
    return `| \`${name}\` | ${value}${!without.success && secrets.has(name) ? ' (secret)' : ''}${or} | ${means} |`;
  });
  return ['| setting | default | what it says |', '|---|---|---|', ...rows];
}

for (const [kind, { file, heading }] of Object.entries(pages)) {
  t.test(`docs/ils/${file} has every setting of ${kind} with its default, and no other`, (t) => {
    const lines = readFileSync(join(programDir, 'docs/ils', file), 'utf8').split('\n');
    const from = lines.indexOf(heading);
    t.ok(from >= 0, heading);
    const rest = lines.slice(from + 1);
    const start = rest.findIndex((line) => line.startsWith('|'));
    const end = rest.findIndex((line, at) => at > start && !line.startsWith('|'));
    t.strictSame(
      rest.slice(start, end < 0 ? undefined : end),
      tableOf(sourceKinds[kind as keyof typeof sourceKinds]),
    );
    t.end();
  });
}
