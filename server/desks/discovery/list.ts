import type { Availability } from '../../contract/availability.js';
import type { AnswerPath } from '../../contract/conversation.js';
import type { Clock } from '../../engine/cache/clock.js';
import type { Found, Search } from '../../engine/retrieval/search.js';
import { CANDIDATES, type Asking } from './asking.js';
import { cardsOf, type Card } from './cards.js';
import { isGuess, isNearOnly, needsLibrarian, sentencesFor, type Told } from './compose.js';
import type { Topic } from './conversation.js';
import type { Draft } from './deliver.js';
import type { Records } from './records.js';
import type { Asked, Finder, Finding } from './find.js';
import { noProspects, prospectsOf, type Prospects } from './prospects.js';
import { shelfSentence } from './shelf-sentence.js';
import { isIn, type Shelves } from './shelves.js';
import { suggestionsFor } from './suggestions.js';
import type { Wording } from './wording.js';
import { isSameWork } from './works.js';

/** How a list is to be made. */
export interface ListOrder {
  finding: Finding;
  lead: Told['lead'];
  declined: string[];
  /** Shown before under the same question. */
  seen: string[];
  asked: Asked;
  hasPast: boolean;
}

export interface Drafted {
  draft: Omit<Draft, 'turn'>;
  topic: Topic;
  found: Found;
  /** All that answers the question, best first: the shown ones and those that could be shown instead. */
  candidates: readonly Card[];
  /** The same list with these of its candidates shown, in this order. */
  showing(cards: readonly Card[]): Drafted;
}

/** A list as it was found, before anybody chose what of it to show. */
interface List {
  order: ListOrder;
  finding: Finding;
  cards: readonly Card[];
  total: number;
  onShelf: OnShelf | undefined;
  likeTitle: string | undefined;
  prospects: Prospects;
}

/** Candidates looked at when only what is on the shelf will do, */
const SHELF_CANDIDATES = 60;
/** and how many of them the library's system is asked about at once: a page of results, and the next only if too few are in. */
const ASKED_AT_ONCE = 20;

type OnShelf = NonNullable<Told['onShelf']>;

/** Makes lists: found records into cards, cards into sentences and offers. */
export function createLists(deps: {
  finder: Finder;
  search: Search;
  records: Records;
  shelves: Shelves;
  /** How long a list waits for the shelves before it is made of what is remembered of them. */
  graceMs: number;
  clock: Clock;
  cards: number;
}) {
  return {
    async draft(order: ListOrder, asking: Asking, wording: Wording, signal: AbortSignal): Promise<Drafted> {
      const finding = await widened(order, asking, signal);
      const { found } = finding;
      const bibs = await deps.records.listRecords(found.hits.map((hit) => hit.id));
      const liked = await deps.records.listRecords((found.intent.like ?? []).map((one) => one.record_id));
      const hits = cardsOf(found.hits, bibs);
      // Whoever asks for something like a book has that book: another edition of it is no answer.
      const all = hits.filter(({ bib }) => !liked.some((one) => isSameWork(bib, one)));
      const left = found.total - (hits.length - all.length);
      const { cards, onShelf } = found.intent.available_now
        ? await onlyOnShelf(all, found, asking, signal)
        : { cards: all, onShelf: undefined };
      const total = onShelf === 'in' || onShelf === 'remembered' ? cards.length : left;
      const likeTitle = liked.find((one) => one.id === found.intent.like?.[0]?.record_id)?.title.text;
      const [only, ...others] = cards.slice(0, deps.cards);
      const prospects =
        only !== undefined && others.length === 0
          ? await prospectsOf(only.bib, found.intent, asking, deps, signal)
          : noProspects;
      const list: List = { order, finding, cards, total, onShelf, likeTitle, prospects };
      return showing(cards.slice(0, deps.cards), list, asking, wording);
    },
  };

  /** The list as it is told with these cards shown. */
  function showing(shown: readonly Card[], list: List, asking: Asking, wording: Wording): Drafted {
    const { order, finding, cards, onShelf } = list;
    const { found } = finding;
    const total = Math.max(list.total, shown.length);
    const told = toldOf(list, shown, total);
    const topic: Topic = {
      intent: found.intent,
      chips: found.chips,
      declined: order.declined,
      seen: [...new Set([...order.seen, ...shown.map((card) => card.bib.id)])],
      listed: shown.map((card) => card.bib.id),
      asked: order.asked,
      evidence: new Map(shown.map((card) => [card.bib.id, card.evidence])),
      offered: [],
    };
    const branch = branchThatMatters(found, asking, wording);
    const further = cards.filter((card) => !shown.includes(card)).map((card) => card.bib);
    return {
      topic,
      found,
      candidates: cards,
      showing: (other) => showing(other, list, asking, wording),
      draft: {
        text: asking.text,
        intent: found.intent,
        understood: found.chips,
        confidence: shown.length === 0 ? 0 : found.confidence,
        handoff_to_librarian: needsLibrarian(told),
        path: pathOf(finding, told),
        total: shown.length === 0 ? 0 : total,
        cache_hit: finding.cacheHit,
        cards: shown,
        sentences: sentencesFor(told, wording),
        shelfSentence: (known) =>
          onShelf === 'in' && shown.length > 1 && !isGuess(told)
            ? staleOnly(known, branch, wording)
            : shelfSentence([...known.values()], branch, wording),
        suggestions: (known) => {
          topic.offered = suggestionsFor(
            {
              intent: found.intent,
              shown: shown.map((card) => card.bib),
              availability: known,
              further: onShelf === 'none' ? [] : further,
              hasPast: order.hasPast,
              prospects: list.prospects,
            },
            wording,
          );
          return topic.offered;
        },
      },
    };
  }

  /** "Available now" looks at more candidates, since most may be out. */
  async function widened(order: ListOrder, asking: Asking, signal: AbortSignal): Promise<Finding> {
    const { found } = order.finding;
    if (!found.intent.available_now || found.total <= CANDIDATES || order.finding.isMakeshift)
      return order.finding;
    return await deps.finder.find(
      {
        text: found.intent.text,
        locale: asking.locale,
        intent: found.intent,
        remove: [],
        exclude: order.asked.exclude,
        branch: asking.branch,
        limit: SHELF_CANDIDATES,
      },
      signal,
    );
  }

  async function onlyOnShelf(
    cards: readonly Card[],
    found: Found,
    asking: Asking,
    signal: AbortSignal,
  ): Promise<{ cards: readonly Card[]; onShelf: OnShelf }> {
    const told = new Map<string, Availability>();
    const of = (card: Card): Availability | undefined => told.get(card.bib.id);
    const isThere = (card: Card, branch: string | undefined): boolean => {
      const availability = of(card);
      return availability !== undefined && isIn(availability, branch);
    };
    const wantsOnline = found.intent.formats?.some(
      (one) => one === 'ebook' || one === 'eaudiobook' || one === 'website',
    );
    const whatIsIn = (): readonly Card[] =>
      cards.filter(
        (card) =>
          isThere(card, found.intent.branch) || (wantsOnline === true && of(card)?.state === 'online'),
      );
    const until = deps.clock.now() + deps.graceMs;
    for (let at = 0; at < cards.length && whatIsIn().length < deps.cards; at += ASKED_AT_ONCE) {
      const withinMs = until - deps.clock.now();
      if (withinMs <= 0) break;
      const page = cards.slice(at, at + ASKED_AT_ONCE).map((card) => card.bib);
      const options = { signal, here: asking.branch, askShelves: asking.askShelves, withinMs };
      const answers = await deps.shelves.ask(page, options);
      for (const [id, availability] of answers) told.set(id, availability);
      // One page is still being asked about: the next would only wait behind it.
      if ([...answers.values()].some(({ checking }) => checking)) break;
    }
    const inNow = whatIsIn();
    if (inNow.length === 0) {
      // Where some were not looked at, that nothing is in would be more than anybody knows.
      const isKnown = !cards.some((card) => isUnanswered(of(card)));
      return { cards, onShelf: isKnown && !cards.every((card) => isUnseen(of(card))) ? 'none' : 'unseen' };
    }
    const here = asking.branch;
    const first = here === undefined ? [] : inNow.filter((card) => isThere(card, here));
    // What is remembered from before is told with its time, not as "on the shelf now".
    const onShelf = inNow.some((card) => of(card)?.stale) ? 'remembered' : 'in';
    return { cards: [...first, ...inNow.filter((card) => !first.includes(card))], onShelf };
  }

  function toldOf({ order, finding, onShelf, likeTitle }: List, shown: readonly Card[], total: number): Told {
    const { found, isMakeshift, path } = finding;
    return {
      lead: order.lead,
      intent: found.intent,
      cards: shown,
      total,
      confidence: found.confidence,
      corrected: found.corrected,
      relaxed: found.relaxed,
      isNarrowed: order.asked.exclude.length > 0,
      ...(isMakeshift && { makeshift: path === 'words_only' ? 'words_only' : 'similar_question' }),
      ...(onShelf && { onShelf }),
      ...(likeTitle !== undefined && { likeTitle }),
    };
  }
}

function pathOf(finding: Finding, told: Told): (typeof AnswerPath)['options'][number] {
  if (told.cards.length === 0) return 'nothing';
  if (finding.isMakeshift) return finding.path;
  if (isNearOnly(told) || told.onShelf === 'none') return 'nearest';
  return finding.path;
}

/** The branch named in the question, else the one the patron stands in. */
function branchThatMatters(
  found: Found,
  asking: Asking,
  wording: Wording,
): { id: string; name: string } | undefined {
  const id = found.intent.branch ?? asking.branch;
  return id === undefined ? undefined : { id, name: wording.branchName(id) };
}

/** "Five are on the shelf now" was said already: only its age may need saying. */
function staleOnly(
  known: ReadonlyMap<string, Availability>,
  branch: { id: string; name: string } | undefined,
  wording: Wording,
): string | undefined {
  const told = [...known.values()];
  return told.some((one) => one.stale) ? shelfSentence(told, branch, wording) : undefined;
}

/** Nobody could say: the system was not reached, or what it says of these copies means nothing to us. */
function isUnseen(availability: Availability | undefined): boolean {
  return availability === undefined || availability.state === 'unknown';
}

/** Nobody has said anything of it, or it is still being asked about. */
function isUnanswered(availability: Availability | undefined): boolean {
  return availability === undefined || availability.asOf === null || availability.checking === true;
}
