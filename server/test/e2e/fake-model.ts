import type { ModelAbsence, Recommendation } from '../../contract/conversation.js';
import type { Chip } from '../../contract/intent.js';
import { mixed, mysteries } from './fake-books.js';

/** What a language model makes of a scene after its books and composed words are there. */
export interface ModelScene {
  first_ms: number | null;
  whole_ms: number | null;
  books: Recommendation[];
  chips?: Chip[];
  words: string;
  /** Why nothing comes of it, or null. */
  absence: ModelAbsence | null;
  /** Between its books, its words and each of these. */
  stepMs: number;
}

const why: Record<string, string> = {
  m1: 'Slow and exact: a snowbound parish, and bells that nobody can stop.',
  m2: 'A village small enough that everyone comes to the party.',
  m5: 'The lightest of them, among people who know each other too well.',
};

/** The five mysteries as a model would have them: another first, three of them explained in its words. */
const reordered: Recommendation[] = ['m2', 'm1', 'm5', 'm3', 'm4'].flatMap((id) =>
  mysteries
    .filter((book) => book.record_id === id)
    .map((book) =>
      why[id] === undefined
        ? book
        : { ...book, why: why[id], why_from: 'model' as const, quotes: ['snowbound', 'village'] },
    ),
);

export const usualModel: ModelScene = {
  first_ms: 2400,
  whole_ms: 8200,
  books: reordered,
  words:
    'For the quietest evening begin with “A murder is announced”: its village is small, and nobody hurries. “The nine tailors” is slower still and full of bells. If you would rather laugh, take “Death in a white tie”.',
  absence: null,
  stepMs: 60,
};

/** A model that read the question anew and found other books. */
export const otherBooks: Partial<ModelScene> = {
  books: [...mixed.slice(0, 3), ...reordered.slice(0, 2)],
  chips: [{ id: 'appeal:sea', kind: 'appeal', label: 'by the sea' }],
};
