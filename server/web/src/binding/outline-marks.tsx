import type { ReactNode } from 'react';
import type { Design } from './design.js';

/** What tells a film, a record, a map or sheet music from a book at a glance. */
export function OutlineMarks({ design }: { design: Design }): ReactNode {
  const { outline, width, height, cloth } = design;
  switch (outline) {
    case 'disc':
      return <Disc width={width} height={height} cloth={cloth.cloth} foil={cloth.foil} />;
    case 'case':
      return <Sprockets height={height} width={width} />;
    case 'box':
      return <path d={`M0 26H${width}M0 27.5H${width}`} stroke="#000" strokeOpacity=".28" strokeWidth="2" />;
    case 'folded':
      return <Folds width={width} height={height} />;
    case 'sheet':
      return (
        <path d={`M${width} ${height - 30}L${width - 30} ${height}H${width}Z`} fill="#fff" opacity=".35" />
      );
    case 'tablet':
      return (
        <rect
          x="4"
          y="4"
          width={width - 8}
          height={height - 8}
          rx="11"
          fill="none"
          stroke="#0d0c0b"
          strokeWidth="8"
        />
      );
    case 'comic':
      return (
        <path
          d={`M18 ${height * 0.17}H${width}M${width * 0.58} 0V${height * 0.17}M${width * 0.4} ${height * 0.17}V${height * 0.5}`}
          stroke={cloth.foil}
          strokeWidth="4"
        />
      );
    case 'book':
      return null;
  }
}

function Disc({
  width,
  height,
  cloth,
  foil,
}: {
  width: number;
  height: number;
  cloth: string;
  foil: string;
}): ReactNode {
  const cx = width - 20;
  const cy = height * 0.27;
  return (
    <g fill="none" stroke={foil}>
      <circle cx={cx} cy={cy} r="62" fill={cloth} strokeWidth="1.6" />
      {[54, 46, 38, 30].map((r) => (
        <circle key={r} cx={cx} cy={cy} r={r} strokeWidth=".6" opacity=".7" />
      ))}
      <circle cx={cx} cy={cy} r="17" fill={foil} />
      <circle cx={cx} cy={cy} r="4" fill={cloth} />
    </g>
  );
}

function Sprockets({ height, width }: { height: number; width: number }): ReactNode {
  const holes = Array.from({ length: 15 }, (_, i) => 6 + (i * (height - 12)) / 15);
  return (
    <>
      <rect width="16" height={height} fill="#12100e" />
      {holes.map((y) => (
        <rect key={y} x="4" y={y} width="8" height="11" rx="2" fill="#e9dfc9" opacity=".85" />
      ))}
      <rect
        x="1"
        y="1"
        width={width - 2}
        height={height - 2}
        rx="5"
        fill="none"
        stroke="#12100e"
        strokeWidth="2"
      />
    </>
  );
}

function Folds({ width, height }: { width: number; height: number }): ReactNode {
  const thirds = [width / 3, (2 * width) / 3];
  return (
    <>
      {thirds.map((x, i) => (
        <rect
          key={x}
          x={i === 0 ? x : x - 26}
          width="26"
          height={height}
          fill={i === 0 ? '#fff' : '#000'}
          opacity=".1"
        />
      ))}
      <path
        d={`M${thirds[0]} 0V${height}M${thirds[1]} 0V${height}M0 ${height / 2}H${width}`}
        stroke="#000"
        strokeOpacity=".25"
      />
    </>
  );
}
