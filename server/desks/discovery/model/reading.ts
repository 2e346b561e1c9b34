import { z } from 'zod';
import type { Intent } from '../../../contract/intent.js';
import type { Audience, Format } from '../../../contract/vocabulary.js';
import type { JsonSchema } from '../../../engine/llm/json-schema.js';
import { wordFamily } from '../../../lib/stem.js';
import { wordsOf } from '../../../lib/words.js';
import { withLimits } from '../limits.js';

/** Languages a model may name: the ones libraries shelve most, as ISO 639-2/B codes. */
const languages = [
  ...['eng', 'spa', 'fre', 'ger', 'ita', 'por', 'dut', 'pol', 'rus', 'ukr', 'ara', 'heb', 'tur', 'per'],
  ...['hin', 'urd', 'ben', 'chi', 'jpn', 'kor', 'vie', 'tgl', 'swe', 'dan', 'nor', 'fin', 'gre', 'wel'],
] as const;
const formats = [
  ...(['book', 'large_print', 'audiobook', 'ebook', 'comic', 'film', 'music', 'game', 'serial'] as const),
] satisfies Format[];
const audiences = ['preschool', 'children', 'teen', 'adult'] as const satisfies Audience[];
const MAX_TOPIC = 60;

const Reading = z.strictObject({
  asks_for: z.enum(['books', 'talk']),
  goes_on: z.boolean(),
  topic: z.string().max(MAX_TOPIC),
  formats: z.array(z.enum(formats)).max(2),
  languages: z.array(z.enum(languages)).max(2),
  audience: z.enum(audiences).nullable(),
  age: z.int().min(1).max(18).nullable(),
  max_pages: z.int().min(10).max(2000).nullable(),
  year_from: z.string().regex(/^(?:\d{4})?$/),
  year_to: z.string().regex(/^(?:\d{4})?$/),
  without: z.array(z.string().max(30)).max(3),
});
/** A question as a model reads it. */
export type Reading = z.infer<typeof Reading>;

export const readingSchema: JsonSchema = {
  type: 'object',
  properties: {
    asks_for: { enum: ['books', 'talk'] },
    goes_on: { type: 'boolean' },
    topic: { type: 'string', maxLength: MAX_TOPIC },
    formats: { type: 'array', items: { enum: formats }, maxItems: 2 },
    languages: { type: 'array', items: { enum: languages }, maxItems: 2 },
    audience: { enum: [...audiences, null] },
    age: { enum: [null, ...Array.from({ length: 18 }, (_, at) => at + 1)] },
    max_pages: { enum: [null, 50, 100, 150, 200, 250, 300, 400, 500, 600] },
    year_from: { type: 'string', maxLength: 4 },
    year_to: { type: 'string', maxLength: 4 },
    without: { type: 'array', items: { type: 'string', maxLength: 30 }, maxItems: 3 },
  },
  required: Object.keys(Reading.shape),
  additionalProperties: false,
};

/** The reading in a model's answer; undefined when it is none. */
export function readingOf(json: string): Reading | undefined {
  try {
    const read = Reading.safeParse(JSON.parse(json));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** What names a book or a person: then there is nothing to reword. */
const naming = ['author', 'series', 'title', 'isbn', 'like', 'like_author'] as const;

/**
 * The rules' intent with what a model adds to it. What the rules read stands: a model only adds limits of kinds that
 * are missing, and words the topic. Numbers and what is not wanted must stand in the question itself.
 */
export function mergedIntent(
  intent: Intent,
  reading: Reading,
  context: { question: string; before: Intent | undefined },
): Intent {
  const asked = new Set(wordsOf(context.question));
  const isAsked = (text: string): boolean => wordsOf(text).every((word) => asked.has(word));
  const goesOn = reading.goes_on && context.before !== undefined;
  const base: Intent = goesOn
    ? { ...withLimits(context.before as Intent, { ...intent, topic: '' }), text: intent.text }
    : { ...intent };
  const topic = topicOf(reading.topic);
  if (topic !== '' && naming.every((key) => base[key] === undefined)) base.topic = topic;
  if (base.formats === undefined && reading.formats.length > 0) base.formats = reading.formats;
  if (base.languages === undefined && reading.languages.length > 0) base.languages = reading.languages;
  if (base.age === undefined && base.audiences === undefined) {
    if (reading.audience !== null) base.audiences = [reading.audience];
    if (reading.age !== null && isAsked(String(reading.age)))
      Object.assign(base, { age: reading.age, audiences: [audienceAt(reading.age)] });
  }
  if (base.pages === undefined && reading.max_pages !== null && isAsked(String(reading.max_pages))) {
    base.pages = { max: reading.max_pages };
  }
  const from = reading.year_from !== '' && isAsked(reading.year_from) ? Number(reading.year_from) : undefined;
  const to = reading.year_to !== '' && isAsked(reading.year_to) ? Number(reading.year_to) : undefined;
  if (base.years === undefined && (from ?? to) !== undefined && (from ?? 0) <= (to ?? 9999)) {
    base.years = { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to }) };
  }
  const unwanted = reading.without.filter((one) => one.trim() !== '' && isAsked(one));
  if (base.without === undefined && unwanted.length > 0) base.without = unwanted;
  return base;
}

/** Whether every word of a topic is the patron's own or stands in what it found: nothing else may be shown. */
export function isShowable(topic: string, question: string, found: string): boolean {
  const families = new Set(wordsOf(`${question} ${found}`).map(wordFamily));
  return wordsOf(topic).every((word) => families.has(wordFamily(word)));
}

/** A topic is words: what has anything else in it is none. */
function topicOf(text: string): string {
  const topic = text.replace(/\s+/gu, ' ').trim();
  return /^[\p{L}\p{M}'’ -]+$/u.test(topic) && topic.split(' ').length <= 8 ? topic : '';
}

function audienceAt(age: number): Audience {
  if (age < 5) return 'preschool';
  return age < 13 ? 'children' : 'teen';
}
