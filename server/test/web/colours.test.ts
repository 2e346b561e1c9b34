import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { programDir } from '../../config.js';
import { cloths } from '../../web/src/binding/cloth.js';

const css = readFileSync(join(programDir, 'server/web/src/styles/tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, day, night]) => [name ?? '', { day: day ?? '', night: night ?? '' }],
  ),
);

/** Words on grounds (WCAG 1.4.3: 4.5 to 1) and edges of things one operates (1.4.11: 3 to 1). */
const words: [string, string][] = [
  ...['ink', 'ink-soft', 'reading-lamp', 'brass', 'clay'].flatMap((ink): [string, string][] => [
    [ink, 'paper'],
    [ink, 'page'],
  ]),
  ['ink', 'accent-wash'],
  ['ink', 'marked'],
  ['on-reading-lamp', 'reading-lamp'],
  ['label-ink', 'label'],
];
const edges: [string, string][] = [
  ['edge', 'paper'],
  ['edge', 'page'],
  ['reading-lamp', 'accent-wash'],
];

for (const light of ['day', 'night'] as const) {
  t.test(`every pair of colours can be read by ${light}`, (t) => {
    for (const [pairs, least] of [
      [words, 4.5],
      [edges, 3],
    ] as const) {
      for (const [over, under] of pairs) {
        const ratio = contrast(tokens.get(over)?.[light], tokens.get(under)?.[light]);
        t.ok(ratio >= least, `${over} on ${under}: ${ratio.toFixed(2)}, wanted ${least}`);
      }
    }
    t.end();
  });
}

t.test('the tokens file was really read', (t) => {
  t.ok(tokens.size >= 16, `${tokens.size} tokens`);
  t.end();
});

t.test('a title stamped on cloth can be read on every cloth', (t) => {
  t.ok(cloths.length >= 8, 'the swatch book has eight cloths or more');
  for (const { name, cloth, foil } of cloths) {
    const ratio = contrast(foil, cloth);
    t.ok(ratio >= 4.5, `${name}: ${ratio.toFixed(2)}`);
  }
  t.end();
});

t.test('a label of cream paper can be read', (t) => {
  t.ok(contrast('#2b2018', '#f3ead6') >= 7);
  t.end();
});

function contrast(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const [darker, lighter] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
