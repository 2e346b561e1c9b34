import { useId, useMemo, type ReactNode } from 'react';
import { designOf, type Bound, type Design, type Rect } from './design.js';
import { OutlineMarks } from './outline-marks.js';
import { Pattern } from './pattern.js';
import { LEADING, type TypeSet } from './typesetting.js';

/**
 * A drawn binding for a title that has no cover picture: cloth, stamp and type from the record alone. It is an
 * ornament; whatever it says stands beside it as text. Sized by its container; `--across` lets a shelf keep sizes true to each other.
 */
export function Binding({ bound }: { bound: Bound }): ReactNode {
  const design = useMemo(() => designOf(bound), [bound]);
  const id = useId();
  const { width, height, cloth } = design;
  const board = `${id}board`;
  return (
    <svg
      className="binding"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      aria-hidden="true"
      focusable="false"
      style={{ '--across': width }}
    >
      <defs>
        <clipPath id={board}>
          <rect width={width} height={height} rx={radiusOf(design)} />
        </clipPath>
        <pattern id={`${id}weave`} width="3" height="3" patternUnits="userSpaceOnUse">
          <path d="M0 .5H3M.5 0V3" stroke="#fff" strokeOpacity=".07" />
          <path d="M0 2H3M2 0V3" stroke="#000" strokeOpacity=".09" />
        </pattern>
      </defs>
      <g clipPath={`url(#${board})`}>
        <rect width={width} height={height} fill={cloth.cloth} />
        <g fill="none" stroke={cloth.ornament} strokeWidth="1.3" strokeLinecap="round" strokeLinejoin="round">
          <Stamped design={design} clip={`${id}stamp`} />
        </g>
        <rect width={width} height={height} fill={`url(#${id}weave)`} />
        <Composed design={design} />
        <Hinge design={design} />
        <OutlineMarks design={design} />
      </g>
    </svg>
  );
}

function radiusOf(design: Design): number {
  return design.outline === 'tablet' ? 14 : design.outline === 'case' || design.outline === 'disc' ? 6 : 3;
}

function Stamped({ design, clip }: { design: Design; clip: string }): ReactNode {
  const { pattern, family, seed } = design;
  return (
    <>
      <clipPath id={clip}>
        <rect {...pattern} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        <Pattern family={family} at={pattern} seed={seed} />
      </g>
    </>
  );
}

function Hinge({ design: { hinge, width, height, outline } }: { design: Design }): ReactNode {
  if (outline !== 'book' && outline !== 'comic') return null;
  const x = hinge === 'left' ? 0 : width - 17;
  const groove = hinge === 'left' ? 15 : width - 17;
  return (
    <>
      <rect x={x} width="17" height={height} fill="#000" opacity=".1" />
      <rect x={groove} width="2" height={height} fill="#000" opacity=".22" />
      <rect x={groove + (hinge === 'left' ? 2 : -1)} width="1" height={height} fill="#fff" opacity=".14" />
    </>
  );
}

function Composed({ design }: { design: Design }): ReactNode {
  const { composition, cloth, titleBox, authorBox, pattern, width, height } = design;
  const { board } = design;
  switch (composition) {
    case 'frame':
      return (
        <>
          <g fill="none" stroke={cloth.foil} opacity=".85">
            <rect x={board.x + 10} y="12" width={board.width - 20} height={height - 24} strokeWidth="1.6" />
            <rect x={board.x + 15} y="17" width={board.width - 30} height={height - 34} strokeWidth=".7" />
          </g>
          <Type design={design} ink={cloth.foil} />
        </>
      );
    case 'label': {
      const box: Rect = {
        x: titleBox.x - 12,
        y: titleBox.y - 14,
        width: titleBox.width + 24,
        height: authorBox.y + authorBox.height - titleBox.y + 24,
      };
      return (
        <>
          <rect {...box} fill="#f3ead6" />
          <rect
            x={box.x + 4}
            y={box.y + 4}
            width={box.width - 8}
            height={box.height - 8}
            fill="none"
            stroke="#7c5b35"
            strokeWidth=".8"
          />
          <Type design={design} ink="#2b2018" />
        </>
      );
    }
    case 'band':
      return (
        <>
          <rect
            x="0"
            y={titleBox.y - 16}
            width={width}
            height={authorBox.y + authorBox.height - titleBox.y + 28}
            fill={cloth.cloth}
          />
          <path
            d={`M0 ${titleBox.y - 16}H${width}M0 ${authorBox.y + authorBox.height + 12}H${width}`}
            stroke={cloth.foil}
            strokeWidth="1.6"
          />
          <Type design={design} ink={cloth.foil} />
        </>
      );
    case 'panel':
      return (
        <>
          <path
            d={`M${board.x} ${pattern.y}H${board.x + board.width}`}
            stroke={cloth.foil}
            strokeWidth="1.4"
          />
          <Type design={design} ink={cloth.foil} />
        </>
      );
    case 'slip':
      return (
        <>
          <rect
            x={titleBox.x - 8}
            y={titleBox.y - 10}
            width={titleBox.width + 16}
            height={titleBox.height + 20}
            fill="#f3ead6"
          />
          <rect
            x={titleBox.x - 4}
            y={titleBox.y - 6}
            width={titleBox.width + 8}
            height={titleBox.height + 12}
            fill="none"
            stroke="#7c5b35"
            strokeWidth=".8"
          />
          <Type design={design} ink="#2b2018" authorInk={cloth.foil} />
          <path d={stitches(width, height)} stroke={cloth.foil} strokeWidth="1.4" fill="none" />
        </>
      );
  }
}

/** The four-hole stitching of a thread-bound book. */
function stitches(width: number, height: number): string {
  const x = width - 22;
  const rows = [0.06, 0.33, 0.66, 0.94].map((k) => `M${x} ${Math.round(height * k)}H${width}`);
  return `M${x} 0V${height}${rows.join('')}`;
}

function Type({ design, ink, authorInk }: { design: Design; ink: string; authorInk?: string }): ReactNode {
  const { title, author, titleBox, authorBox } = design;
  return (
    <>
      <g fill={ink}>
        {title.vertical ? <Columns set={title} at={titleBox} /> : <Lines set={title} at={titleBox} />}
      </g>
      {author && (
        <g fill={authorInk ?? ink} className="binding-author">
          <Lines set={author} at={authorBox} />
        </g>
      )}
    </>
  );
}

function Lines({ set, at }: { set: TypeSet; at: Rect }): ReactNode {
  const top = at.y + (at.height - set.lines.length * set.size * LEADING) / 2;
  return set.lines.map((text, i) => (
    <text
      key={i}
      x={at.x + at.width / 2}
      y={top + (i + 0.84) * set.size * LEADING}
      fontSize={set.size}
      textAnchor="middle"
    >
      {text}
    </text>
  ));
}

function Columns({ set, at }: { set: TypeSet; at: Rect }): ReactNode {
  const step = set.size * 1.12;
  const tallest = Math.max(...set.lines.map((line) => [...line].length));
  const top = at.y + (at.height - tallest * step) / 2;
  const right = at.x + at.width / 2 + (set.lines.length * set.size * LEADING) / 2;
  return set.lines.map((line, column) =>
    [...line].map((sign, i) => (
      <text
        key={`${column}.${i}`}
        x={right - (column + 0.5) * set.size * LEADING}
        y={top + (i + 0.86) * step}
        fontSize={set.size}
        textAnchor="middle"
      >
        {sign}
      </text>
    )),
  );
}
