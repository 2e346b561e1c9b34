import type { ReactNode } from 'react';

/** Carrel's mark: a walled desk, a lamp, an open book. */
export function Mark(): ReactNode {
  return (
    <svg className="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false">
      <path className="mark-glow" d="M21.5 13.5 12 27.5h19z" />
      <path className="mark-desk" d="M5 36V11l4-3v20h22V8l4 3v25M9 28v3.5h22V28" />
      <path className="mark-lamp" d="M15.5 13.5q5.5-6.5 11 0zM21 9.5V6h-6" />
      <path className="mark-book" d="M20 27.5q-3.2-2-6.5-.9M20 27.5q3.2-2 6.5-.9" />
    </svg>
  );
}
