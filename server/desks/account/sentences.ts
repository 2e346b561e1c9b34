import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { holdStatuses, questionKinds, refusalCodes } from '../../contract/patron-account.js';
import { signInOutcomes } from '../../contract/sign-in.js';
import { Locale } from '../../contract/vocabulary.js';

const line = z.string().min(1);
const plural = z.strictObject({ one: line, other: line });
const section = <K extends string>(keys: readonly K[]) =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, line])) as Record<K, typeof line>);

/** What data/phrases/account.LOCALE.yaml must hold: one sentence for each code that the account desk answers. */
export const AccountSentences = z.strictObject({
  sign_in: section(signInOutcomes),
  account: section(['unavailable']),
  hold_status: section(holdStatuses),
  renewal: section(['renewed', 'unknown', 'unknown_listed', 'unavailable']),
  hold: section(['placed', 'placed_first', 'placed_queue', 'unknown', 'unknown_listed', 'unavailable']),
  cancellation: section(['cancelled', 'requested', 'unknown', 'unknown_listed', 'unavailable']),
  refusal: section(refusalCodes),
  question: section(questionKinds),
  pickup: section(['none', 'unavailable']),
  lender: section(['unavailable', 'refused', 'not_reached', 'signed_out', 'ready']),
  lender_cancellation: section([
    'unknown',
    'unknown_listed',
    'unavailable',
    'signed_out',
    'not_found',
    'other',
  ]),
  data: section([
    'session',
    'choices',
    'choices_none',
    'lists_none',
    'history_none',
    'lenders',
    'library_system',
    'never',
  ]).extend({ lists: plural, history: plural }),
});
export type AccountSentences = z.infer<typeof AccountSentences>;
export type SentencesByLocale = Readonly<Record<Locale, AccountSentences>>;

/** Reads `DATA_DIR/phrases/account.LOCALE.yaml` for every locale; throws naming the file and the lines that are missing. */
export function readAccountSentences(dataDir: string): SentencesByLocale {
  const entries = Locale.options.map((locale) => {
    const file = join(dataDir, 'phrases', `account.${locale}.yaml`);
    const read = AccountSentences.safeParse(parse(readFileSync(file, 'utf8')));
    if (!read.success) throw new Error(`${file}: ${z.prettifyError(read.error)}`);
    return [locale, read.data] as const;
  });
  return Object.fromEntries(entries) as Record<Locale, AccountSentences>;
}
