import type { Recommendation, TurnAnswer } from '../../../contract/conversation.js';
import type { Chip } from '../../../contract/intent.js';

/** What the patron did to start a turn: words of their own, or a chip taken out. */
export type Asked = { kind: 'words'; text: string } | { kind: 'removal'; chip: Chip };

/** When a model's first word and its last are expected, from measured speed; null where nobody knows. */
export interface Thinking {
  first_ms: number | null;
  whole_ms: number | null;
  /** Follow-ups that work before the model is done. */
  suggestions: readonly string[];
}

/** One question and as much of its answer as has arrived. */
export interface Turn {
  key: number;
  asked: Asked;
  phase: 'asking' | 'arriving' | 'done' | 'stopped';
  understood: Chip[];
  /** Undefined until the cards have arrived; they arrive at once. */
  recommendations: Recommendation[] | undefined;
  total: number;
  /** The composed words. */
  text: string;
  /** Set once a model has begun a longer answer. */
  thinking?: Thinking;
  /** What a model adds below the composed words. */
  longer: string;
  /** The patron has the shelf in hand or in view: nothing on it moves any more unless they ask for it. */
  touched: boolean;
  /** Whether books have changed places since they arrived. */
  moved: boolean;
  /** The books as they would stand now, had the patron not had the shelf in hand. */
  heldBack: Recommendation[] | undefined;
  /** The whole answer, once it is done. */
  answer: TurnAnswer | undefined;
}
