import { join } from 'node:path';
import type { TurnAnswer, TurnEvent, TurnRequest } from '../../contract/conversation.js';
import { programDir } from '../../config.js';
import { createDiscovery, type Discovery, type DiscoveryDeps } from '../../desks/discovery/discovery.js';
import type { Conversation } from '../../desks/discovery/conversation.js';
import { readFollowups } from '../../desks/discovery/followups.js';
import { readPrompts } from '../../desks/discovery/model/prompts.js';
import { readSpeech } from '../../desks/discovery/model/speech.js';
import { readPhrases } from '../../desks/discovery/phrases.js';
import type { Bib } from '../../engine/catalogue/bib.js';
import { createLruCache } from '../../engine/cache/lru.js';
import { createDemoIls, type DemoIls } from '../../engine/ils/demo.js';
import { shieldIls } from '../../engine/ils/shielded.js';
import { createConversations } from '../../engine/sessions/conversations.js';
import { createVisits } from '../../engine/sessions/visits.js';
import { createFakeCatalogue, lighthouseBooks, type FakeCatalogue } from './bibs.js';
import { createFakeClock, type FakeClock } from './clock.js';
import { createFakeSearch, type FakeSearch } from './search.js';

export interface TestDesk {
  desk: Discovery;
  search: FakeSearch;
  catalogue: FakeCatalogue;
  ils: DemoIls;
  clock: FakeClock;
  /** Turns of one conversation, as one visitor would put them. */
  talk: (locale?: 'en' | 'es', branch?: string, visitor?: string) => Talk;
}

export interface Talk {
  say(text: string, more?: Partial<TurnRequest>, signal?: AbortSignal): Promise<TurnAnswer>;
  titles(): string[];
  last(): TurnAnswer;
  events: TurnEvent[];
}

export const dataDir = join(programDir, 'data');
export const phrases = readPhrases(dataDir);
export const followups = readFollowups(dataDir);
export const prompts = { ...readPrompts(dataDir), speech: readSpeech(dataDir) };

/** The real desk over fake search, demo circulation and a clock that stands still. */
export function createTestDesk(
  bibs: readonly Bib[] = lighthouseBooks(),
  more: Partial<DiscoveryDeps> = {},
): TestDesk {
  const clock = createFakeClock();
  const catalogue = createFakeCatalogue(bibs);
  const search = createFakeSearch(catalogue, clock);
  const ils = createDemoIls({ catalogue, clock });
  const conversations = createConversations<Conversation>({ clock });
  const desk = createDiscovery({
    search,
    records: catalogue,
    // Nothing is asked twice: the moment before a repetition would never pass on this clock.
    ils: shieldIls(ils, {
      clock,
      lookup: (ids) => Promise.resolve(catalogue.listRecords(ids)),
      repeats: 0,
    }),
    cache: createLruCache({ maxEntries: 500, clock }),
    conversations,
    visits: createVisits({ clock, onEnd: (visit) => conversations.endVisit(visit) }),
    phrases,
    followups,
    prompts,
    clock,
    timeZone: 'UTC',
    ...more,
  });
  return {
    desk,
    search,
    catalogue,
    ils,
    clock,
    talk(locale = 'en', branch, name = 'visitor') {
      const id = desk.createConversation(name);
      const events: TurnEvent[] = [];
      let last: TurnAnswer | undefined;
      return {
        events,
        async say(text, extra = {}, signal = new AbortController().signal) {
          events.length = 0;
          const request = { text, locale, ...(branch !== undefined && { branch }), ...extra };
          const delivery = {
            signal,
            emit: (event: TurnEvent) => void events.push(event),
          };
          last = await desk.turn(name, id, request, delivery);
          return last;
        },
        titles: () => last?.recommendations.map((one) => one.title.text) ?? [],
        last: () => last as TurnAnswer,
      };
    },
  };
}
