import { en } from './en.js';
import { es } from './es.js';
import type { Phrases } from './phrases.js';

/** The languages the page speaks, in the order of the switch. */
export const languages: readonly Phrases[] = [en, es];

/** The language for a browser's list of wishes, such as `['es-MX', 'en']`; English when none fits. */
export function languageFor(wishes: readonly string[]): Phrases {
  for (const wish of wishes) {
    const found = languages.find((l) => l.locale === wish.toLowerCase().split('-')[0]);
    if (found) return found;
  }
  return en;
}
