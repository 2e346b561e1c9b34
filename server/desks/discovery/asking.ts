import type { Locale } from '../../contract/vocabulary.js';

/** What a turn asks for, with the locale it is answered in. */
export interface Asking {
  text: string;
  locale: Locale;
  branch?: string | undefined;
  remove?: readonly string[] | undefined;
  /** False where nobody waits for the answer: the library's system is not asked then. */
  askShelves?: boolean | undefined;
}

/** Hits asked for at once: enough to show, to offer more of, and to see other languages in. */
export const CANDIDATES = 24;
