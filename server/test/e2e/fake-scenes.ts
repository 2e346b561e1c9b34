import type {
  AnswerPath,
  ModelAbsence,
  Recommendation,
  Referral,
  TurnRequest,
} from '../../contract/conversation.js';
import type { Chip } from '../../contract/intent.js';
import type { z } from 'zod';
import { awkward, away, formats, mixed, mysteries, sleepless, stale, withEcopies } from './fake-books.js';
import { otherBooks, usualModel, type ModelScene } from './fake-model.js';

/** What the fake library answers to a question that holds a certain word. */
export interface Scene {
  books: Recommendation[];
  chips: Chip[];
  words: string;
  suggestions: string[];
  confidence: number;
  handoff: boolean;
  path: z.infer<typeof AnswerPath>;
  total?: number;
  delayMs: number;
  breaksOff: boolean;
  /** The visit ends at the server before the answer is whole. */
  visitEnds: boolean;
  referral: Referral | null;
  /** What a model adds, if one takes part. */
  model?: ModelScene;
  /** Why none does. */
  absence: ModelAbsence;
  /** Waits before each of the model's steps until the test lets it go on. */
  isHeld: boolean;
}

const usual: Scene = {
  books: mysteries,
  chips: [
    { id: 'appeal:quiet', kind: 'appeal', label: 'quiet' },
    { id: 'language:eng', kind: 'language', label: 'in English' },
    { id: 'pages:max:350', kind: 'pages', label: 'under 350 pages' },
  ],
  words:
    'Five quiet mysteries set in villages. Three are on a shelf now, two of them at Harbour Street. “The nine tailors” is the slowest and the most exact of them.',
  suggestions: ['Only what is in now', 'Something shorter', 'More like the first one', 'In Spanish'],
  confidence: 0.82,
  handoff: false,
  path: 'full',
  total: 23,
  delayMs: 0,
  breaksOff: false,
  visitEnds: false,
  referral: null,
  absence: 'off',
  isHeld: false,
};

const scenes: [RegExp, Partial<Scene>][] = [
  [/\bsingle\b/, { books: mysteries.slice(0, 1), total: 1, words: 'One title fits: “The nine tailors”, by Dorothy L. Sayers. It is in at Harbour Street.' }],
  [/\bbeekeeping\b/, { books: mixed.slice(4, 8), total: 4, path: 'nearest', handoff: true, confidence: 0.3, words: 'We hold nothing on beekeeping in Welsh. Four books in English come close; a librarian can look further.', chips: [{ id: 'language:wel', kind: 'language', label: 'in Welsh' }] }],
  [/\bunheld\b/, { books: [], total: 0, path: 'nothing', handoff: true, confidence: 0, words: 'We hold nothing on that. A librarian can look further.', chips: [] }],
  [/\blighthouse\b/, { books: mixed.slice(0, 3), total: 3, confidence: 0.25, handoff: true, words: 'The summary mentions lighthouses, but it may be a thriller.' }],
  [/\baway\b/, { books: mysteries.map((b) => ({ ...b, availability: away })), words: 'Five quiet mysteries. I can’t see the shelves just now.' }],
  [/\bstale\b/, { books: mysteries.map((b) => ({ ...b, availability: stale() })) }],
  [/\becopies\b/, { books: withEcopies() }],
  [/\bchecking\b/, { books: mysteries.map((b) => ({ ...b, availability: { ...b.availability, checking: true } })) }],
  [/\bawkward\b/, { books: awkward, total: awkward.length }],
  [/\bformats\b/, { books: formats, total: formats.length }],
  [/\bmixed\b/, { books: mixed, total: 1000 }],
  [/\bwords\b/, { path: 'words_only', confidence: 0.6 }],
  [/\bslow\b/, { delayMs: 700 }],
  [/\bbroken\b/, { breaksOff: true }],
  [/\bovertaken\b/, { visitEnds: true }],
  [/\bmodel\b|\bwinter evening\b/, { model: usualModel }],
  [/\bothers\b/, { model: { ...usualModel, ...otherBooks } }],
  [/\bunmeasured\b/, { model: { ...usualModel, first_ms: null, whole_ms: null } }],
  [/\bfailing\b/, { model: { ...usualModel, books: mysteries, words: '', absence: 'failed' } }],
  [/\bcrowded\b/, { absence: 'busy', words: 'Five quiet mysteries set in villages. Three are on a shelf now. Many people are asking at once, so this answer stays short.' }],
  [/\b(medicine|pills)\b/, { referral: { topic: 'medical', text: 'Books can explain an illness; they cannot tell you which pills to take. A pharmacist or your doctor can. In an emergency, call 112.' }, handoff: true, chips: [], books: sleepless, total: 4, words: 'Four books about sleeping better. All are on a shelf now.' }],
  [/\blong evening\b/, { model: usualModel }],
  [/\bheld\b|\bwinter evening\b/, { isHeld: true }],
]; // prettier-ignore

/** The scene that a turn calls for; several words make one scene together. */
export function sceneFor(turn: TurnRequest): Scene {
  const found = scenes.filter(([word]) => word.test(turn.text));
  const { model, ...scene } = found.reduce<Scene>((all, [, some]) => ({ ...all, ...some }), usual);
  return model && turn.ai !== false ? { ...scene, model } : scene;
}
