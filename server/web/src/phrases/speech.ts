import { createContext, useContext } from 'react';
import { en } from './en.js';
import type { Phrases } from './phrases.js';

/** The language the page speaks now. */
export const Speech = createContext<Phrases>(en);

/** The sentences of the language the page speaks now. */
export function usePhrases(): Phrases {
  return useContext(Speech);
}
