import type { Audience, Format, ItemStatus } from '../../../contract/vocabulary.js';
import type { PatronPhrases } from './patron-phrases.js';

/**
 * Every sentence the page says, in one language. Each language is written by meaning, not word by word; a further
 * language is a further file that fits this type. Short, warm, exact; a ten-year-old can follow.
 */
export interface Phrases {
  /** BCP 47 tag, also the locale that is sent to the server. */
  locale: 'en' | 'es';
  direction: 'ltr' | 'rtl';
  /** The language's own name, for the switch. */
  name: string;

  skipToPage: string;
  homeLabel: string;
  startOver: string;
  languageSwitch: string;
  toDark: string;
  toLight: string;
  plainSearch: string;
  privacy: string;
  demo: string;

  greeting: string;
  promise: string;
  askLabel: string;
  askAgainLabel: string;
  youAreAt: string;
  ask: string;
  stop: string;
  placeholder: string;
  placeholderNext: string;
  examplesLabel: string;
  examples: string[];

  youAsked: string;
  understood: string;
  remove: (label: string) => string;
  removed: (label: string) => string;
  looking: string;
  wordsToFollow: string;
  shelfLabel: string;
  count: (n: number) => string;
  countOf: (shown: number, total: number) => string;
  arrived: (n: number) => string;
  suggestionsLabel: string;
  handoffTitle: string;
  handoffBody: string;
  guess: string;
  path: { similar_question: string; words_only: string; nearest: string };
  /** Said while a model works on more words, and of them. */
  longer: {
    takes: (seconds: number) => string;
    begins: (seconds: number) => string;
    comes: string;
    late: string;
    none: string;
    read: string;
    by: string;
    byAside: string;
  };
  moved: string;
  moveNow: string;
  replaceNow: string;
  referralTitle: string;
  referralOffer: string;
  ai: { may: string; leaveOut: string; without: string; useAgain: string };
  stopped: string;
  earlier: string;
  printList: string;
  nothingFound: string;

  details: string;
  moreLikeThis: string;
  moreLike: (title: string) => string;
  detailsOf: (title: string) => string;
  byLine: (author: string) => string;
  callNumber: string;
  noCallNumber: string;
  pages: (n: number) => string;
  seriesVolume: (series: string, volume: string) => string;

  inAt: (branches: string) => string;
  branchesAndMore: (first: string, more: number) => string;
  someBranches: (names: string[]) => string;
  out: string;
  outUntil: (day: string) => string;
  keptAt: (branch: string) => string;
  readHere: (branches: string) => string;
  onOrder: string;
  notHeld: string;
  readOnline: string;
  readOnlineAt: (place: string) => string;
  cannotSee: string;
  pleaseCheck: string;
  checked: (ago: string) => string;
  justNow: string;
  wasIn: (time: string, branches: string) => string;
  wasOut: (time: string) => string;
  everyBranch: (n: number) => string;
  inOf: (available: number, total: number) => string;

  back: string;
  toConversation: string;
  recordUnknown: string;
  recordUnknownBody: string;
  otherScript: string;
  summary: string;
  aboutThis: string;
  availabilityTitle: string;
  branch: string;
  place: string;
  status: string;
  checkAgain: string;
  similarTitle: string;
  contents: string;
  notes: string;
  warnings: string;
  awards: string;
  by: string;
  field: {
    otherTitles: string;
    contributors: string;
    responsibility: string;
    published: string;
    edition: string;
    extent: string;
    format: string;
    language: string;
    translatedFrom: string;
    audience: string;
    series: string;
    subjects: string;
    genres: string;
    related: string;
    isbn: string;
    issn: string;
  };
  itemStatus: Record<ItemStatus, string>;
  due: (day: string) => string;
  format: Record<Format, string>;
  audience: Record<Audience, string>;
  /** Relator terms come from the catalogue in English; the ones most seen are said in the patron's language. */
  role: (term: string) => string;

  searchTitle: string;
  searchLabel: string;
  search: string;
  searchHint: string;
  filters: string;
  clearFilters: string;
  anyBranch: string;
  anyTime: string;
  filter: Record<'format' | 'language' | 'audience' | 'branch' | 'decade' | 'sort', string>;
  sort: Record<'relevance' | 'newest' | 'oldest' | 'shortest' | 'longest', string>;
  titlesFound: (n: number, capped: boolean) => string;
  readAs: string;
  asTyped: string;
  asMeant: string;
  previous: string;
  next: string;
  pageOf: (page: number, pages: number) => string;
  nothingForSearch: (words: string) => string;
  askInstead: string;

  unreachable: string;
  brokenOff: string;
  questionKept: string;
  waitThen: (seconds: number) => string;
  askNow: string;
  askAgain: string;
  tryAgain: string;
  problem: Record<'busy' | 'too_many_requests' | 'not_ready' | 'turn_in_progress' | 'internal', string>;
  nowhere: string;
  nowhereBody: string;

  patron: PatronPhrases;
}
