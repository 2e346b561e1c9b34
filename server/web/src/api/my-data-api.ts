import type { z } from 'zod';
import type * as data from '../../../contract/my-data.js';
import type { Choices, MyData, SavedList } from '../../../contract/my-data.js';
import type { Phrases } from '../phrases/phrases.js';
import { write } from './account-api.js';
import { BASE, get } from './reached.js';

export type HistoryEntry = z.infer<typeof data.HistoryEntry>;

/** Where a patron takes a file of all that is kept. */
export const EXPORT_ADDRESS = `${BASE}/me/data/export`;

/** What Carrel holds about the patron, in plain words. */
export async function getMyData(locale: Phrases['locale'], signal: AbortSignal): Promise<MyData> {
  return (await get(`/me/data?locale=${locale}`, signal)) as MyData;
}

/** Erases all that is kept beyond the visit, and the choice to keep it. */
export async function eraseMyData(csrf: string): Promise<void> {
  await write('DELETE', '/me/data', csrf);
}

/** What the patron lets Carrel keep. */
export async function getChoices(signal: AbortSignal): Promise<Choices> {
  return (await get('/me/choices', signal)) as Choices;
}

/** Chooses what is kept; what is switched off is erased at once. */
export async function choose(choices: Choices, csrf: string): Promise<void> {
  await write('PUT', '/me/choices', csrf, undefined, choices);
}

/** The patron's saved lists. */
export async function getLists(signal: AbortSignal): Promise<SavedList[]> {
  return ((await get('/me/lists', signal)) as { lists: SavedList[] }).lists;
}

/** Makes a list, with these records on it. */
export async function addList(name: string, recordIds: readonly string[], csrf: string): Promise<SavedList> {
  const list = { name, record_ids: recordIds };
  return (await write('POST', '/me/lists', csrf, undefined, list)) as SavedList;
}

/** Puts other records on a list in place of those before. */
export async function changeList(id: string, recordIds: readonly string[], csrf: string): Promise<SavedList> {
  const change = { record_ids: recordIds };
  return (await write('PUT', `/me/lists/${encodeURIComponent(id)}`, csrf, undefined, change)) as SavedList;
}

/** Erases a list. */
export async function removeList(id: string, csrf: string): Promise<void> {
  await write('DELETE', `/me/lists/${encodeURIComponent(id)}`, csrf);
}

/** Loans seen while the patron had chosen to keep a history, newest first. */
export async function getHistory(signal: AbortSignal): Promise<HistoryEntry[]> {
  return ((await get('/me/history', signal)) as { entries: HistoryEntry[] }).entries;
}
