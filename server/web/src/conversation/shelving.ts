import type { Availability } from '../../../contract/availability.js';
import type { Recommendation } from '../../../contract/conversation.js';
import type { Turn } from './turn.js';

/**
 * The turn with `books` on its shelf. Books that the patron has in hand or in view stay where they are: what is said of
 * them is brought up to date, and the new arrangement is held back until they ask for it.
 */
export function shelved(turn: Turn, books: Recommendation[]): Turn {
  const standing = turn.recommendations;
  if (!standing || inOneOrder(standing, books))
    return { ...turn, recommendations: books, heldBack: undefined };
  if (!turn.touched) return { ...turn, recommendations: books, heldBack: undefined, moved: true };
  const told = new Map(books.map((book) => [book.record_id, book]));
  return {
    ...turn,
    recommendations: standing.map((book) => told.get(book.record_id) ?? book),
    heldBack: books,
  };
}

/** The turn numbered `key` with the books that were held back; any other turn as it is. */
export function rearranged(turn: Turn, key: number): Turn {
  if (turn.key !== key || !turn.heldBack) return turn;
  return { ...turn, recommendations: turn.heldBack, heldBack: undefined };
}

/** Whether what is held back is other books, and not the same ones in another order. */
export function isOtherBooks({ recommendations = [], heldBack = [] }: Turn): boolean {
  const standing = new Set(recommendations.map((book) => book.record_id));
  return heldBack.length !== standing.size || heldBack.some((book) => !standing.has(book.record_id));
}

/** A book with its availability as just told, if it is the one that was asked after. */
export function checked(
  book: Recommendation,
  told: { record_id: string; availability: Availability },
): Recommendation {
  return book.record_id === told.record_id ? { ...book, availability: told.availability } : book;
}

function inOneOrder(some: readonly Recommendation[], others: readonly Recommendation[]): boolean {
  return some.length === others.length && some.every((book, i) => book.record_id === others[i]?.record_id);
}
