import { z } from 'zod';
import { Availability, Branch, BranchAvailability, ItemView } from './availability.js';
import { ConversationCreated, Recommendation, TurnAnswer, TurnEvents, TurnRequest } from './conversation.js';
import { Chip, Intent } from './intent.js';
import type { ProblemCode } from './problems.js';
import { RecordBrief, RecordDetail, RecordView, SimilarRecords } from './record.js';
import { Facet, SearchQuery, SearchResponse } from './search.js';
import { Locale } from './vocabulary.js';
import { BranchList, Welcome } from './welcome.js';

/** One address of the API, as data: OpenAPI is generated from it, and a test holds it equal to what is mounted. */
export interface RouteRow {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, parameters in braces as OpenAPI writes them. */
  path: string;
  summary: string;
  tag: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Status of success; 204 answers no body. */
  status: 200 | 201 | 202 | 204;
  response?: z.ZodType;
  /** Media type of an answer, or of an upload's body, that is no JSON. */
  binary?: string;
  upload?: string;
  /** Given when the address also answers server-sent events: event name to the schema of its data. */
  events?: Readonly<Record<string, z.ZodType>>;
  /** Problems of its own, besides bad_request, too_many_requests and internal, which any address may answer. */
  problems: readonly ProblemCode[];
}

export const ConversationParams = z.object({ id: z.string().min(1).max(64) });
export const RecordParams = z.object({ id: z.string().min(1).max(200) });
export const LocaleQuery = z.object({ locale: Locale.default('en') });

/** What the discovery desk answers. */
export const discoveryRoutes = [
  {
    method: 'post',
    path: '/conversations',
    summary: 'Begin a conversation. It belongs to this browser’s session and is kept in memory only.',
    tag: 'conversation',
    status: 201,
    response: ConversationCreated,
    problems: ['csrf_refused'],
  },
  {
    method: 'post',
    path: '/conversations/{id}/turns',
    summary:
      'Ask, or go on asking. Answers JSON, or server-sent events when `Accept: text/event-stream` is sent.',
    tag: 'conversation',
    params: ConversationParams,
    body: TurnRequest,
    status: 200,
    response: TurnAnswer,
    events: TurnEvents,
    problems: [
      'csrf_refused',
      'signed_out',
      'conversation_not_found',
      'turn_in_progress',
      'payload_too_large',
      'busy',
      'not_ready',
    ],
  },
  {
    method: 'delete',
    path: '/conversations/{id}',
    summary: 'End a conversation and forget it.',
    tag: 'conversation',
    params: ConversationParams,
    status: 204,
    problems: ['csrf_refused', 'conversation_not_found'],
  },
  {
    method: 'delete',
    path: '/session',
    summary: 'End the visit: every conversation of this session is forgotten.',
    tag: 'conversation',
    status: 204,
    problems: ['csrf_refused'],
  },
  {
    method: 'get',
    path: '/search',
    summary: 'Search the catalogue, with facets and paging.',
    tag: 'catalogue',
    query: SearchQuery,
    status: 200,
    response: SearchResponse,
    problems: ['signed_out', 'busy', 'not_ready'],
  },
  {
    method: 'get',
    path: '/records/{id}',
    summary: 'One record in full, with its availability.',
    tag: 'catalogue',
    params: RecordParams,
    status: 200,
    response: RecordDetail,
    problems: ['signed_out', 'record_not_found'],
  },
  {
    method: 'get',
    path: '/records/{id}/availability',
    summary: 'Where the copies of a record are, and as of when.',
    tag: 'catalogue',
    params: RecordParams,
    status: 200,
    response: Availability,
    problems: ['signed_out', 'record_not_found'],
  },
  {
    method: 'get',
    path: '/records/{id}/similar',
    summary: 'Held records most like this one, each with its reason.',
    tag: 'catalogue',
    params: RecordParams,
    query: LocaleQuery,
    status: 200,
    response: SimilarRecords,
    problems: ['signed_out', 'record_not_found', 'busy', 'not_ready'],
  },
  {
    method: 'get',
    path: '/branches',
    summary: 'The branches of the library.',
    tag: 'library',
    status: 200,
    response: BranchList,
    problems: [],
  },
  {
    method: 'get',
    path: '/welcome',
    summary: 'What the start page shows: name, branches, and questions that find something here.',
    tag: 'library',
    query: LocaleQuery,
    status: 200,
    response: Welcome,
    problems: [],
  },
] as const satisfies readonly RouteRow[];

/** Schemas that the API’s description shows under a name of their own. */
export const namedSchemas = {
  Availability,
  Branch,
  BranchAvailability,
  BranchList,
  Chip,
  ConversationCreated,
  Facet,
  Intent,
  ItemView,
  RecordBrief,
  RecordDetail,
  RecordView,
  Recommendation,
  SearchResponse,
  SimilarRecords,
  TurnAnswer,
  Welcome,
} as const;
