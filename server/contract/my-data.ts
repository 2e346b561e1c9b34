import { z } from 'zod';
import { Scripted } from './record.js';

/** What a patron lets Carrel keep. Everything is off until chosen; switching a part off erases it at once. */
export const Choices = z.object({
  lists: z.boolean(),
  history: z.boolean(),
  keep_days: z
    .union([z.literal(30), z.literal(90), z.literal(365)])
    .describe('Days after the last use until it is erased by itself'),
});
export type Choices = z.infer<typeof Choices>;

const listName = z.string().trim().min(1).max(100);
const recordIds = z.array(z.string().min(1).max(200)).max(200);

export const NewList = z.object({ name: listName, record_ids: recordIds.default([]) });
export const ListChange = z.object({ name: listName.optional(), record_ids: recordIds.optional() });

/** A record on a list or in the history; `title` is null where the library no longer holds it. */
export const KeptRecord = z.object({
  record_id: z.string(),
  title: Scripted.nullable(),
  author: Scripted.nullable(),
});

export const SavedList = z.object({
  list_id: z.string(),
  name: z.string(),
  changed_on: z.iso.date(),
  records: z.array(KeptRecord),
});
export type SavedList = z.infer<typeof SavedList>;
export const SavedLists = z.object({ lists: z.array(SavedList) });

/** A loan that was seen on the account page while its reader had chosen to keep a history. */
export const HistoryEntry = z.object({
  record_id: z.string().nullable(),
  title: z.string(),
  author: z.string().nullable(),
  seen_on: z.iso.date(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;
export const ReadingHistory = z.object({ entries: z.array(HistoryEntry) });

export const dataParts = [
  'session',
  'choices',
  'lists',
  'history',
  'lenders',
  'library_system',
  'never',
] as const;
export type DataPart = (typeof dataParts)[number];

/** What Carrel holds about the patron, in plain words. */
export const MyData = z.object({
  parts: z.array(
    z.object({
      part: z.enum(dataParts),
      sentence: z.string(),
      kept: z.enum(['memory', 'encrypted', 'elsewhere', 'nowhere']),
      count: z.int().nullable(),
      until: z.string().nullable().describe('Time or day at which it is gone by itself'),
    }),
  ),
  choices: Choices,
});
export type MyData = z.infer<typeof MyData>;

/** All of it, for the patron to take away. */
export const MyDataExport = z.object({
  made_at: z.iso.datetime(),
  session: z.object({ signed_in_at: z.iso.datetime(), ends_at: z.iso.datetime() }),
  choices: Choices,
  kept_until: z.iso.date().nullable(),
  lists: z.array(SavedList),
  history: z.array(HistoryEntry),
});
export type MyDataExport = z.infer<typeof MyDataExport>;
