import type { ReactNode } from 'react';
import { chanceFrom, type Chance } from './chance.js';
import type { Rect } from './design.js';
import type { PatternFamily } from './pattern-family.js';

type Draw = (at: Rect, chance: Chance) => string;

/** Draws one stamp over a rectangle as a single path, in the stroke colour of its parent. */
export function Pattern({ family, at, seed }: { family: PatternFamily; at: Rect; seed: string }): ReactNode {
  return <path d={draw[family](at, chanceFrom(seed))} />;
}

const n = (value: number): string => String(Math.round(value * 10) / 10);
const circle = (x: number, y: number, r: number): string =>
  `M${n(x - r)} ${n(y)}a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0`;
const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `M${n(x1)} ${n(y1)}L${n(x2)} ${n(y2)}`;
const steps = (count: number): number[] => Array.from({ length: Math.max(0, Math.ceil(count)) }, (_, i) => i);

const draw: Record<PatternFamily, Draw> = {
  waves({ x, y, width, height }, chance) {
    const gap = chance.between(13, 19);
    const long = chance.between(34, 52);
    const swell = gap * chance.between(0.3, 0.5);
    return steps(height / gap + 1)
      .map((row) => {
        const start = x - long + (row % 2) * (long / 2);
        const humps = steps(width / long + 2)
          .map(() => `q${n(long / 4)} ${n(-swell)} ${n(long / 2)} 0t${n(long / 2)} 0`)
          .join('');
        return `M${n(start)} ${n(y + row * gap)}${humps}`;
      })
      .join('');
  },

  branches({ x, y, width, height }, chance) {
    const paths: string[] = [];
    const grow = (fromX: number, fromY: number, angle: number, reach: number, depth: number): void => {
      const toX = fromX + Math.cos(angle) * reach;
      const toY = fromY + Math.sin(angle) * reach;
      const bend = chance.between(-0.2, 0.2) * reach;
      paths.push(
        `M${n(fromX)} ${n(fromY)}Q${n((fromX + toX) / 2 + bend)} ${n((fromY + toY) / 2)} ${n(toX)} ${n(toY)}`,
      );
      if (depth === 0) {
        paths.push(circle(toX, toY, 2.2));
        return;
      }
      const spread = chance.between(0.35, 0.6);
      grow(toX, toY, angle - spread, reach * 0.76, depth - 1);
      grow(toX, toY, angle + spread * chance.between(0.7, 1.1), reach * 0.74, depth - 1);
    };
    const reach = Math.min(height * 0.27, width * 0.3);
    grow(x + width / 2, y + height, -Math.PI / 2 + chance.between(-0.1, 0.1), reach, 5);
    return paths.join('');
  },

  stars({ x, y, width, height }, chance) {
    const paths: string[] = [];
    const gap = chance.between(25, 33);
    for (const row of steps(height / gap)) {
      for (const column of steps(width / gap)) {
        const cx = x + (column + 0.5 + (row % 2) * 0.5) * gap;
        const cy = y + (row + 0.5) * gap;
        if (cx > x + width - 4 || cy > y + height - 4) continue;
        const r = chance.between(2, 8);
        if (r < 3.6) paths.push(circle(cx, cy, 1.1));
        else {
          const k = r * 0.16;
          paths.push(
            `M${n(cx)} ${n(cy - r)}Q${n(cx + k)} ${n(cy - k)} ${n(cx + r)} ${n(cy)}Q${n(cx + k)} ${n(cy + k)} ${n(cx)} ${n(cy + r)}Q${n(cx - k)} ${n(cy + k)} ${n(cx - r)} ${n(cy)}Q${n(cx - k)} ${n(cy - k)} ${n(cx)} ${n(cy - r)}Z`,
          );
        }
      }
    }
    return paths.join('');
  },

  lattice({ x, y, width, height }, chance) {
    const cell = chance.between(30, 42);
    const r = cell * 0.5;
    return steps(height / cell + 1)
      .flatMap((row) =>
        steps(width / cell + 1).map((column) => {
          const cx = x + column * cell;
          const cy = y + row * cell;
          const k = r * 0.42;
          // An eight-pointed star, as on a tiled wall: a square and the same square turned.
          return `M${n(cx - k)} ${n(cy - k)}H${n(cx + k)}V${n(cy + k)}H${n(cx - k)}ZM${n(cx)} ${n(cy - r * 0.6)}L${n(cx + r * 0.6)} ${n(cy)}L${n(cx)} ${n(cy + r * 0.6)}L${n(cx - r * 0.6)} ${n(cy)}ZM${n(cx + r * 0.6)} ${n(cy)}L${n(cx + cell - r * 0.6)} ${n(cy)}M${n(cx)} ${n(cy + r * 0.6)}L${n(cx)} ${n(cy + cell - r * 0.6)}`;
        }),
      )
      .join('');
  },

  rules({ x, y, width, height }, chance) {
    const paths: string[] = [];
    const gap = chance.between(16, 26);
    for (const row of steps(height / gap)) {
      const at = y + (row + 0.5) * gap;
      paths.push(line(x + 8, at, x + width - 8, at), line(x + 8, at + 3, x + width - 8, at + 3));
      if (row % 2 === 0) paths.push(circle(x + width / 2, at - gap / 2 + 1.5, 2));
    }
    return paths.join('');
  },

  medallion({ x, y, width, height }, chance) {
    const cx = x + width / 2;
    const cy = y + height / 2;
    const rx = Math.min(width * 0.4, height * 0.4);
    const ry = Math.min(rx * chance.between(1, 1.25), height * 0.47);
    const oval = (k: number): string =>
      `M${n(cx - rx * k)} ${n(cy)}a${n(rx * k)} ${n(ry * k)} 0 1 0 ${n(2 * rx * k)} 0a${n(rx * k)} ${n(ry * k)} 0 1 0 ${n(-2 * rx * k)} 0`;
    const petals = Math.round(chance.between(6, 10)) * 2;
    const rosette = steps(petals).map((i) => {
      const turn = (i / petals) * 2 * Math.PI;
      const side = Math.PI / petals;
      const p = (a: number, k: number): string =>
        `${n(cx + Math.cos(a) * rx * k)} ${n(cy + Math.sin(a) * ry * k)}`;
      return `M${p(turn, 0.2)}Q${p(turn - side, 0.6)} ${p(turn, 0.8)}Q${p(turn + side, 0.6)} ${p(turn, 0.2)}`;
    });
    return oval(1) + oval(0.93) + oval(0.2) + rosette.join('');
  },

  grid({ x, y, width, height }, chance) {
    const cell = chance.between(20, 28);
    const paths: string[] = [];
    for (const row of steps(height / cell)) {
      for (const column of steps(width / cell)) {
        const left = x + column * cell;
        const top = y + row * cell;
        const kind = chance.next();
        if (kind < 0.3) paths.push(`M${n(left)} ${n(top)}h${n(cell)}v${n(cell)}h${n(-cell)}z`);
        else if (kind < 0.5) paths.push(line(left, top, left + cell, top + cell));
        else if (kind < 0.7) paths.push(line(left + cell, top, left, top + cell));
        else if (kind < 0.85) paths.push(circle(left + cell / 2, top + cell / 2, cell * 0.32));
      }
    }
    return paths.join('');
  },

  botanical({ x, y, width, height }, chance) {
    const paths: string[] = [];
    const stems = Math.max(1, Math.round(width / 62));
    for (const stem of steps(stems)) {
      const rootX = x + ((stem + 0.5) * width) / stems;
      const tall = height * chance.between(0.78, 0.94);
      const sway = chance.between(-14, 14);
      const at = (t: number): [number, number] => [rootX + sway * Math.sin(t * 2.6), y + height - tall * t];
      paths.push(
        `M${n(rootX)} ${n(y + height)}Q${n(rootX + sway * 1.3)} ${n(y + height - tall * 0.5)} ${at(1).map(n).join(' ')}`,
      );
      const leaves = Math.round(tall / 17);
      for (const leaf of steps(leaves)) {
        const [lx, ly] = at((leaf + 1) / (leaves + 1.4));
        const side = leaf % 2 === 0 ? 1 : -1;
        const long = chance.between(15, 22) * (1 - leaf / (leaves * 1.7));
        paths.push(
          `M${n(lx)} ${n(ly)}q${n(side * long * 0.35)} ${n(-long * 0.75)} ${n(side * long)} ${n(-long * 0.62)}q${n(-side * long * 0.18)} ${n(long * 0.72)} ${n(-side * long)} ${n(long * 0.62)}`,
        );
      }
      const [tx, ty] = at(1);
      for (const petal of steps(6)) {
        const a = (petal / 6) * 2 * Math.PI;
        paths.push(circle(tx + Math.cos(a) * 5, ty - 3 + Math.sin(a) * 5, 3.2));
      }
    }
    return paths.join('');
  },

  arches({ x, y, width, height }, chance) {
    const span = chance.between(32, 44);
    const count = Math.max(1, Math.round(width / span));
    const each = width / count;
    const tall = each * 1.5;
    return steps(height / tall)
      .flatMap((row) =>
        steps(count).map((column) => {
          const left = x + column * each;
          const bottom = y + height - row * tall;
          return [0.06, 0.17, 0.3]
            .map((k) => {
              const inner = each * (1 - 2 * k);
              const from = left + each * k;
              const spring = bottom - tall * 0.5;
              const top = spring - inner * 0.72;
              return `M${n(from)} ${n(bottom - 3)}V${n(spring)}Q${n(from)} ${n(top + inner * 0.2)} ${n(from + inner / 2)} ${n(top)}Q${n(from + inner)} ${n(top + inner * 0.2)} ${n(from + inner)} ${n(spring)}V${n(bottom - 3)}`;
            })
            .join('');
        }),
      )
      .join('');
  },

  rays({ x, y, width, height }, chance) {
    const cx = x + width * chance.between(0.35, 0.65);
    const cy = y + height * chance.between(0.9, 1.02);
    const count = Math.round(chance.between(22, 34));
    const inner = Math.min(width, height) * 0.16;
    const far = Math.hypot(width, height);
    const beams = steps(count + 1).map((i) => {
      const a = Math.PI + (i / count) * Math.PI;
      const from = inner + (i % 2) * inner * 0.5;
      return line(
        cx + Math.cos(a) * from,
        cy + Math.sin(a) * from,
        cx + Math.cos(a) * far,
        cy + Math.sin(a) * far,
      );
    });
    return circle(cx, cy, inner * 0.8) + beams.join('');
  },

  contours({ x, y, width, height }, chance) {
    const cx = x + width * chance.between(0.3, 0.7);
    const cy = y + height * chance.between(0.35, 0.65);
    const wobble = steps(3).map((k) => ({
      turns: k + 2,
      by: chance.between(0.04, 0.13),
      from: chance.between(0, 6.3),
    }));
    const rings = Math.hypot(width, height) / 2 / 10 + 4;
    return steps(rings)
      .map((ring) => {
        const r = 7 + ring * 10;
        const points = steps(36).map((i) => {
          const a = (i / 36) * 2 * Math.PI;
          const k = wobble.reduce((sum, w) => sum + w.by * Math.sin(a * w.turns + w.from + ring * 0.08), 1);
          return `${n(cx + Math.cos(a) * r * k)} ${n(cy + Math.sin(a) * r * k * 1.15)}`;
        });
        return `M${points.join('L')}Z`;
      })
      .join('');
  },

  diamonds({ x, y, width, height }, chance) {
    const wide = chance.between(28, 38);
    const tall = wide * chance.between(1.3, 1.7);
    return steps((height / tall) * 2 + 1)
      .flatMap((row) =>
        steps(width / wide + 1).map((column) => {
          const cx = x + (column + (row % 2) * 0.5) * wide;
          const cy = y + (row * tall) / 2;
          const shape = (k: number): string =>
            `M${n(cx)} ${n(cy - (tall / 2) * k)}L${n(cx + (wide / 2) * k)} ${n(cy)}L${n(cx)} ${n(cy + (tall / 2) * k)}L${n(cx - (wide / 2) * k)} ${n(cy)}Z`;
          return shape(0.94) + (row % 2 === 0 ? shape(0.42) : '');
        }),
      )
      .join('');
  },
};
