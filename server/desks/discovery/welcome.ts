import type { Welcome } from '../../contract/welcome.js';
import type { Locale } from '../../contract/vocabulary.js';
import type { ShieldedIls } from '../../engine/ils/shielded.js';
import type { Search } from '../../engine/retrieval/search.js';
import { CANDIDATES } from './asking.js';
import type { Records } from './records.js';
import type { Finder } from './find.js';
import type { Phrases } from './phrases.js';

export interface WelcomeDesk {
  /** Questions from data/phrases that find something in this catalogue, at most `limit`; remembered by its version. */
  examples: (locale: Locale, signal: AbortSignal) => Promise<string[]>;
  welcome: (locale: Locale, signal: AbortSignal) => Promise<Welcome>;
}

const MAX_EXAMPLES = 5;
const MIN_HITS = 3;
const MIN_CONFIDENCE = 0.5;

export function createWelcome(deps: {
  libraryName: string;
  finder: Finder;
  search: Search;
  records: Records;
  ils: ShieldedIls;
  phrases: Readonly<Record<Locale, Phrases>>;
  /** Whether a language model may take part in answers, now or once it has started. */
  hasModel: () => boolean;
}): WelcomeDesk {
  const tried = new Map<Locale, { version: string; examples: string[] }>();

  const examples = async (locale: Locale, signal: AbortSignal): Promise<string[]> => {
    const version = deps.search.status().catalogueVersion;
    const known = tried.get(locale);
    if (known?.version === version) return known.examples;
    const working: string[] = [];
    for (const text of deps.phrases[locale].examples) {
      if (working.length === MAX_EXAMPLES) break;
      const asked = { text, locale, remove: [], exclude: [], branch: undefined, limit: CANDIDATES };
      // A start page without examples is still a start page: a search that fails here fails nobody.
      const finding = await deps.finder.find(asked, signal).catch(() => undefined);
      signal.throwIfAborted();
      if (!finding || finding.isMakeshift) return working;
      const { hits, confidence, relaxed } = finding.found;
      if (hits.length >= MIN_HITS && confidence >= MIN_CONFIDENCE && relaxed.length === 0) working.push(text);
    }
    tried.set(locale, { version, examples: working });
    return working;
  };

  return {
    examples,
    async welcome(locale, signal) {
      return {
        library: deps.libraryName,
        branches: (await deps.records.branches()).map(({ id, name }) => ({ id, name })),
        examples: await examples(locale, signal),
        language_model: deps.hasModel(),
        is_demo: deps.ils.source === 'demo',
      };
    },
  };
}
