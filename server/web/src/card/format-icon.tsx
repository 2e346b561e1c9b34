import type { ReactNode } from 'react';
import type { Format } from '../../../contract/vocabulary.js';

/** One sparse line drawing for each thing a library lends, on a 24-unit square. */
const drawings: Record<Format, string> = {
  book: 'M12 6.5C9.5 4.8 6.6 4.6 4 5.2v13c2.6-.6 5.5-.4 8 1.3M12 6.5c2.5-1.7 5.4-1.9 8-1.3v13c-2.6-.6-5.5-.4-8 1.3M12 6.5v13',
  large_print: 'M3 18 8.5 5 14 18M5 13.5h7M15.5 18l2.8-7 2.7 7M16.5 15.7h3.6',
  braille: 'M8 6h.01M8 12h.01M8 18h.01M16 6h.01M16 12h.01M16 18h.01',
  audiobook: 'M4 17v-4a8 8 0 0 1 16 0v4M4 14h3v6H5a1 1 0 0 1-1-1zM20 14h-3v6h2a1 1 0 0 0 1-1z',
  ebook: 'M6 3h12v18H6zM9 7h6M9 10h6M11 18h2',
  eaudiobook: 'M4 17v-4a8 8 0 0 1 16 0v4M4 14h3v6H5a1 1 0 0 1-1-1zM20 14h-3v6h2a1 1 0 0 0 1-1zM12 11v4M10.5 13.5 12 15l1.5-1.5',
  comic: 'M4 4h16v16H4zM4 11h16M13 4v7M9 11v9',
  film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4',
  music: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  score: 'M9 18V5l10-2v13M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0',
  map: 'M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14',
  serial: 'M4 5h13v14H6a2 2 0 0 1-2-2zM17 9h3v8a2 2 0 0 1-2 2M7 9h7M7 12.5h7M7 16h4',
  game: 'M5 5h14v14H5zM9 9h.01M15 9h.01M12 12h.01M9 15h.01M15 15h.01',
  software: 'M4 5h16v11H4zM9 20h6M12 16v4',
  picture: 'M4 4h16v16H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5h.01',
  kit: 'M4 9h16v10H4zM9 9V6h6v3M4 13h16',
  object: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12 4 7.5',
  manuscript: 'M20 4c-7 0-12 5-13 13M7 17l-2 3M20 4c0 5-3 9-9 10',
  website: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  other: 'M6 4h12v16H6zM9 8h6',
}; // prettier-ignore

/** The line drawing of a format; the word always stands beside it. */
export function FormatIcon({ format }: { format: Format }): ReactNode {
  return (
    <svg className="format-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawings[format]} strokeWidth={format === 'braille' ? 2.6 : 1.4} />
    </svg>
  );
}
