import type { z } from 'zod';
import type { Availability } from '../../../contract/availability.js';
import type { TurnAnswer, TurnEvent, TurnRequest } from '../../../contract/conversation.js';
import type * as record from '../../../contract/record.js';
import type { SearchResponse } from '../../../contract/search.js';
import type { Welcome } from '../../../contract/welcome.js';
import { createEventReader, type ServerEvent } from './event-stream.js';
import { BASE, get, reached, refused } from './reached.js';
import { Refused } from './refusal.js';

export type RecordDetail = z.infer<typeof record.RecordDetail>;
export type SimilarRecords = z.infer<typeof record.SimilarRecords>;

const TURN_EVENTS = ['understood', 'recommendations', 'text', 'thinking', 'availability', 'done'];

/** What the library says on its first page: its name, and questions that find something here. */
export async function getWelcome(locale: string, signal: AbortSignal): Promise<Welcome> {
  return (await get(`/welcome?locale=${locale}`, signal)) as Welcome;
}

/** Has the server forget a conversation; the patron need not wait for it, nor hear of it if it fails. */
export function endConversation(id: string): void {
  void fetch(`${BASE}/conversations/${encodeURIComponent(id)}`, { method: 'DELETE', keepalive: true }).catch(
    () => undefined,
  );
}

/** Opens a conversation and answers its id. Throws Refused, as every function here does. */
export async function openConversation(signal: AbortSignal): Promise<string> {
  const response = await reached(`${BASE}/conversations`, { method: 'POST', signal });
  return ((await response.json()) as { id: string }).id;
}

/** Takes one turn and hands on its events as they come; resolves when the answer is whole. */
export async function takeTurn(
  conversationId: string,
  turn: Partial<TurnRequest>,
  signal: AbortSignal,
  onEvent: (event: TurnEvent) => void,
): Promise<void> {
  const response = await reached(`${BASE}/conversations/${encodeURIComponent(conversationId)}/turns`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(turn),
    signal,
  });
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body) {
    onEvent({ event: 'done', data: (await response.json()) as TurnAnswer });
    return;
  }
  if (!(await followed(response.body, onEvent))) throw new Refused({ kind: 'broken_off' });
}

/** Everything about one record, with where it stands now. */
export async function getRecord(id: string, signal: AbortSignal): Promise<RecordDetail> {
  return (await get(`/records/${encodeURIComponent(id)}`, signal)) as RecordDetail;
}

/** Where a record stands, once the library's system has said so. */
export async function getAvailability(id: string, signal: AbortSignal): Promise<Availability> {
  return (await get(`/records/${encodeURIComponent(id)}/availability`, signal)) as Availability;
}

/** Titles near a record, each with a reason. */
export async function similarRecords(
  id: string,
  locale: string,
  signal: AbortSignal,
): Promise<SimilarRecords> {
  return (await get(`/records/${encodeURIComponent(id)}/similar?locale=${locale}`, signal)) as SimilarRecords;
}

/** One page of plain search; `query` is a query string without its question mark. */
export async function searchCatalogue(query: string, signal: AbortSignal): Promise<SearchResponse> {
  return (await get(`/search?${query}`, signal)) as SearchResponse;
}

/** True when the stream ended with `done`. */
async function followed(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: TurnEvent) => void,
): Promise<boolean> {
  const reader = body.getReader();
  const text = new TextDecoder();
  const events = createEventReader();
  let done = false;
  for (;;) {
    const piece = await reader.read();
    if (piece.done) return done;
    for (const event of events.push(text.decode(piece.value, { stream: true }))) {
      if (event.event === 'error') throw refused(JSON.parse(event.data), null);
      if (!isTurnEvent(event)) continue;
      const data: unknown = JSON.parse(event.data);
      onEvent({ event: event.event, data } as TurnEvent);
      done ||= event.event === 'done';
    }
  }
}

function isTurnEvent(event: ServerEvent): boolean {
  return TURN_EVENTS.includes(event.event);
}
