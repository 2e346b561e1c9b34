import type { Intent } from '../../../contract/intent.js';
import { captures, trimmed } from './names.js';
import type { Reading } from './reading.js';
import type { LocaleRules } from './rules.js';

const outright =
  /^(but (no|not)|nothing|avoid|exclud|except|i (don|do not)|excepto|salvo|nada de|no quiero|pero sin|que no)/;
/** What leads to the topic that is not wanted: "no books about X", "not set in X". */
const lead =
  /^(?:(?:books?|novels?|stories|anything|something|libros?|novelas?|historias?|algo|nada)\s+)?(?:set\s+in|about|with|by|in|on|for|from|featuring|involving|ambientad[oa]s?\s+en|sobre|de|con|en|para)\s+/u;
/** Where what is not wanted ends and the question goes on. */
const goesOn =
  /(?:^|\s+)(?:(?:but|pero)\s+)?(?:(?:and|y)\s+)?((?:but|for|in|with|about|set|from|by|featuring|involving|available|something|anything|preferably|ideally|please|pero|para|en|con|sobre|ambientad[oa]s?|disponibles?|algo|preferiblemente)(?!\p{L}).*)$/u;
/** What only says more of what is not wanted. */
const saysMore = /\s+(?:that|which|who|whose|where|when|on|que|donde|at all|in (?:it|them))(?!\p{L}).*$/u;
/** Words that only join on what is wanted. */
const joinsOn = /^(?:(?:but|and|about|pero|y|sobre)\s+)+/u;
const conjunction = /\s+(?:or|and|nor|o|ni|y)\s+(?:(?:no|not|any|without|sin)\s+)?/u;
const joins = /^(?:(?:or|and|nor|o|ni|y)\s+)?(?:(?:no|not|any|without|sin)\s+)?/u;
const isAlternative = (part: string) => /^(?:or|nor|o|ni)\s|\s(?:or|nor|o|ni)\s/u.test(part);
const wordCount = (text: string) => text.split(' ').filter(Boolean).length;

const mostTopics = 3;
const mostWords = 3;

/** Topics to keep out: "no zombies", "without violence", "sin dragones". What is asked for after them stays asked for. */
export function readWithout(reading: Reading, locales: readonly LocaleRules[], intent: Intent): void {
  const without: string[] = [];
  for (const { withoutNot } of locales) reading.hide(withoutNot);
  for (const locale of locales) {
    const isLimit = (text: string) =>
      [...locale.formats.map(({ pattern }) => pattern), locale.fiction.yes, locale.fiction.no].some(
        (pattern) => new RegExp(`^(?:${pattern.source})$`, 'u').test(text),
      );
    for (;;) {
      const match = reading.take(locale.without, (candidate) => {
        if (reading.long && !outright.test(candidate[0])) return false;
        const { topics, rest } = split(trimmed(captures(candidate)[0]), isLimit);
        const wanted = topics.map(trimmed).filter((topic) => topic !== '' && !topic.includes('⟦'));
        without.push(...wanted.slice(0, mostTopics));
        return rest.replace(joinsOn, '');
      });
      if (!match) break;
    }
  }
  reading.reveal();
  if (without.length > 0) intent.without = [...new Set(without)];
}

/**
 * What is not wanted and what follows it. After a comma only a bare word ("no vampires, werewolves") or an alternative
 * ("no vampires, talking cats or dragons") is still not wanted.
 */
function split(text: string, isLimit: (text: string) => boolean): { topics: string[]; rest: string } {
  const parts = text.replace(lead, '').split(/\s*,\s*/u);
  const topics: string[] = [];
  for (const [at, part] of parts.entries()) {
    const bare = at === 0 ? part : part.replace(joins, '');
    if (at > 0 && !isListed(parts.slice(at), isLimit)) return { topics, rest: parts.slice(at).join(', ') };
    const end = goesOn.exec(bare);
    // The first words are what is not wanted, whatever they are.
    const cut = end && (end.index > 0 || at > 0) ? end : undefined;
    const topic = (cut ? bare.slice(0, cut.index) : bare).replace(saysMore, '');
    topics.push(...topic.split(conjunction));
    if (cut) return { topics, rest: [cut[1] ?? '', ...parts.slice(at + 1)].join(', ') };
  }
  return { topics, rest: '' };
}

function isListed(parts: readonly string[], isLimit: (text: string) => boolean): boolean {
  const [part = ''] = parts;
  const bare = part.replace(joins, '');
  if (bare === '' || goesOn.test(bare) || isLimit(bare)) return false;
  const until = parts.findIndex(isAlternative);
  const listed = parts.slice(0, until + 1);
  const most = listed.length > 0 ? mostWords * 2 : 1;
  return (
    wordCount(bare) <= most && listed.every((one) => wordCount(one) <= mostWords * 2 && !startsAnew(one))
  );
}

const startsAnew = (text: string) => goesOn.exec(text)?.index === 0;
