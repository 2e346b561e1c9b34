import { z } from 'zod';

/** Locales in which Carrel speaks today; a further one is its files of sentences and rules, and a value here. */
export const Locale = z.enum(['en', 'es']);
export type Locale = z.infer<typeof Locale>;

/** What a patron carries home. One value per record, decided from leader/06, 007, 008 and 33X. */
export const Format = z.enum([
  'book',
  'large_print',
  'braille',
  'audiobook',
  'ebook',
  'eaudiobook',
  'comic',
  'film',
  'music',
  'score',
  'map',
  'serial',
  'game',
  'software',
  'picture',
  'kit',
  'object',
  'manuscript',
  'website',
  'other',
]);
export type Format = z.infer<typeof Format>;

/** Whom a record is meant for: 008/22, 521 and 385 folded into five shelves. */
export const Audience = z.enum(['preschool', 'children', 'teen', 'adult', 'general']);
export type Audience = z.infer<typeof Audience>;

/** Item status as every ILS adapter normalises it; an unrecognised one is `unknown`, never `available`. */
export const ItemStatus = z.enum([
  'available',
  'checked_out',
  'on_hold_shelf',
  'in_transit',
  'in_process',
  'on_order',
  'lost',
  'missing',
  'damaged',
  'withdrawn',
  'reference_only',
  'unknown',
]);
export type ItemStatus = z.infer<typeof ItemStatus>;
