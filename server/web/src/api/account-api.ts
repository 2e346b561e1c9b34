import type { z } from 'zod';
import type * as account from '../../../contract/patron-account.js';
import type { Lenders } from '../../../contract/lenders.js';
import type * as door from '../../../contract/sign-in.js';
import type { Me, SignInAnswer, SignInForm } from '../../../contract/sign-in.js';
import type { Phrases } from '../phrases/phrases.js';
import { BASE, get, reached } from './reached.js';

export type CancelAnswer = z.infer<typeof account.CancelAnswer>;
export type Fines = z.infer<typeof account.Fines>;
export type Hold = z.infer<typeof account.Hold>;
export type HoldAnswer = z.infer<typeof account.HoldAnswer>;
export type HoldQuestion = z.infer<typeof account.HoldQuestion>;
export type PatronAccount = z.infer<typeof account.PatronAccount>;
export type PickupBranches = z.infer<typeof account.PickupBranches>;
export type RenewalAnswer = z.infer<typeof account.RenewalAnswer>;

type Locale = Phrases['locale'];

const CSRF_HEADER: typeof door.CSRF_HEADER = 'x-carrel-csrf';

/** Whether somebody is signed in here, and what patrons can do at all. */
export async function getMe(signal: AbortSignal): Promise<Me> {
  return (await get('/me', signal)) as Me;
}

/** Opens the sign-in form: only from here on has this browser a session. */
export async function openSignInForm(signal: AbortSignal): Promise<SignInForm> {
  return (await get('/me/sign-in', signal)) as SignInForm;
}

/** Tries card and PIN once. */
export async function signIn(
  card: string,
  pin: string,
  csrf: string,
  locale: Locale,
  signal: AbortSignal,
): Promise<SignInAnswer> {
  return (await write('POST', `/me/sign-in?locale=${locale}`, csrf, signal, { card, pin })) as SignInAnswer;
}

/** Signs this patron out in every other browser, and here. */
export async function signOutEverywhere(csrf: string): Promise<void> {
  await write('POST', '/me/sign-out-everywhere', csrf);
}

/** Ends the visit at the server: conversations, the patron's session, and that at the library's system. */
export async function endSession(): Promise<void> {
  await reached(`${BASE}/session`, { method: 'DELETE', keepalive: true });
}

/** Loans, holds and fines as the library's system tells them now. */
export async function getAccount(locale: Locale, signal: AbortSignal): Promise<PatronAccount> {
  return (await get(`/me/account?locale=${locale}`, signal)) as PatronAccount;
}

/** Loans and holds at the lenders of e-books, as each tells them now. */
export async function getLenders(locale: Locale, signal: AbortSignal): Promise<Lenders> {
  return (await get(`/me/lenders?locale=${locale}`, signal)) as Lenders;
}

/** Renews a loan. */
export async function renew(loanId: string, csrf: string, locale: Locale): Promise<RenewalAnswer> {
  const path = `/me/loans/${encodeURIComponent(loanId)}/renewal?locale=${locale}`;
  return (await write('POST', path, csrf)) as RenewalAnswer;
}

/** Where this patron may fetch a record. */
export async function getPickupBranches(
  recordId: string,
  locale: Locale,
  signal: AbortSignal,
): Promise<PickupBranches> {
  const path = `/me/pickup-branches?record_id=${encodeURIComponent(recordId)}&locale=${locale}`;
  return (await get(path, signal)) as PickupBranches;
}

/** Places a hold. It is sent once: leaving does not take it back. */
export async function placeHold(
  recordId: string,
  branchId: string,
  csrf: string,
  locale: Locale,
): Promise<HoldAnswer> {
  const wanted = { record_id: recordId, pickup_branch_id: branchId };
  return (await write('POST', `/me/holds?locale=${locale}`, csrf, undefined, wanted)) as HoldAnswer;
}

/** Answers a question that placing a hold came back with. */
export async function answerQuestion(
  questionId: string,
  yes: boolean,
  csrf: string,
  locale: Locale,
): Promise<HoldAnswer> {
  const reply = { question_id: questionId, yes };
  return (await write('POST', `/me/holds/answers?locale=${locale}`, csrf, undefined, reply)) as HoldAnswer;
}

/** Cancels a hold. */
export async function cancelHold(holdId: string, csrf: string, locale: Locale): Promise<CancelAnswer> {
  const path = `/me/holds/${encodeURIComponent(holdId)}?locale=${locale}`;
  return (await write('DELETE', path, csrf)) as CancelAnswer;
}

/** Anything that changes something: it carries the token of who is signed in. */
export async function write(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  csrf: string,
  signal?: AbortSignal,
  body?: object,
): Promise<unknown> {
  const response = await reached(BASE + path, {
    method,
    headers: { [CSRF_HEADER]: csrf, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  return response.status === 204 ? undefined : response.json();
}
