import { memo, type ReactNode } from 'react';
import { chanceFrom } from './chance.js';
import { cloths } from './cloth.js';

const LENGTH = 2000;
const TALL = 210;

/** A long row of cloth-bound spines on a board, always the same, cut off where the page ends. */
export const ShelfOfSpines = memo(function ShelfOfSpines(): ReactNode {
  return (
    <svg
      viewBox={`0 0 ${LENGTH} ${TALL + 10}`}
      preserveAspectRatio="xMidYMax slice"
      aria-hidden="true"
      focusable="false"
    >
      {row().map((spine) => (
        <Spine key={spine.x} {...spine} />
      ))}
      <rect className="shelf-board" y={TALL} width={LENGTH} height="10" />
    </svg>
  );
});

interface SpineShape {
  x: number;
  width: number;
  tall: number;
  cloth: number;
  bands: number;
  label: boolean;
  leans: boolean;
}

function row(): SpineShape[] {
  const chance = chanceFrom('the first shelf');
  const spines: SpineShape[] = [];
  let x = -4;
  let last = -1;
  while (x < LENGTH) {
    const leans = chance.next() < 0.05;
    const width = Math.round(chance.between(17, 46));
    const tall = Math.round(chance.between(118, 196));
    let cloth = Math.floor(chance.next() * cloths.length);
    if (cloth === last) cloth = (cloth + 5) % cloths.length;
    last = cloth;
    spines.push({
      x,
      width,
      tall,
      cloth,
      bands: Math.floor(chance.between(0, 4)),
      label: chance.next() < 0.55,
      leans,
    });
    x += width + (leans ? 30 : 1);
    if (chance.next() < 0.04) x += Math.round(chance.between(20, 60));
  }
  return spines;
}

function Spine({ x, width, tall, cloth, bands, label, leans }: SpineShape): ReactNode {
  const { cloth: fill, foil } = cloths[cloth] ?? cloths[0];
  const top = TALL - tall;
  const heights = [0.1, 0.16, 0.62].slice(0, bands);
  return (
    <g transform={leans ? `rotate(8 ${x + width} ${TALL})` : undefined}>
      <rect x={x} y={top} width={width} height={tall} rx="2" fill={fill} />
      <rect x={x} y={top} width="3" height={tall} fill="#fff" opacity=".12" />
      <rect x={x + width - 4} y={top} width="4" height={tall} fill="#000" opacity=".16" />
      <path
        d={heights.map((k) => `M${x} ${top + tall * k}h${width}m${-width} 4h${width}`).join('')}
        stroke={foil}
        strokeWidth="1.1"
        opacity=".8"
      />
      <path
        d={`M${x + width / 2} ${top + tall * 0.26}V${top + tall * 0.54}`}
        stroke={foil}
        strokeWidth={Math.max(2, width * 0.16)}
        strokeDasharray="7 2 12 3 5 2"
        opacity=".75"
      />
      {label && <rect x={x + 2} y={TALL - 36} width={width - 4} height="22" fill="#f6efdf" />}
      {label && (
        <path
          d={`M${x + 5} ${TALL - 30}H${x + width - 5}M${x + 5} ${TALL - 25}H${x + width - 8}M${x + 5} ${TALL - 20}H${x + width - 6}`}
          stroke="#4b4036"
          strokeWidth="1.4"
        />
      )}
    </g>
  );
}
