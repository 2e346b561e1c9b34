import type { Express, Request } from 'express';
import type { z } from 'zod';
import {
  Choices,
  ListChange,
  MyData,
  NewList,
  ReadingHistory,
  SavedList,
  SavedLists,
  type HistoryEntry,
} from '../../contract/my-data.js';
import { allBooks } from './fake-books.js';

/** What the fake library keeps beyond a visit. */
export interface Kept {
  choices: Choices;
  lists: SavedList[];
  history: HistoryEntry[];
}

/** Choices, lists and history, as the contract has them. */
export function mountMyData(app: Express, kept: Kept): void {
  let made = 0;
  const today = new Date().toISOString().slice(0, 10);
  const described = (ids: readonly string[]): SavedList['records'] =>
    ids.map((record_id) => {
      const book = allBooks.find((one) => one.record_id === record_id);
      return { record_id, title: book?.title ?? null, author: book?.author ?? null };
    });

  app.get('/api/v1/me/data', (_req, res) => {
    res.json(MyData.parse(dataOf(kept)));
  });
  app.get('/api/v1/me/data/export', (_req, res) => {
    res.setHeader('content-disposition', 'attachment; filename="carrel-my-data.json"');
    res.json({ lists: kept.lists });
  });
  app.delete('/api/v1/me/data', (_req, res) => {
    kept.choices = { lists: false, history: false, keep_days: 90 };
    kept.lists = [];
    kept.history = [];
    res.status(204).end();
  });
  app.get('/api/v1/me/choices', (_req, res) => {
    res.json(kept.choices);
  });
  app.put('/api/v1/me/choices', (req, res) => {
    kept.choices = Choices.parse(req.body);
    if (!kept.choices.lists) kept.lists = [];
    res.json(kept.choices);
  });
  app.get('/api/v1/me/lists', (_req, res) => {
    res.json(SavedLists.parse({ lists: kept.lists }));
  });
  app.post('/api/v1/me/lists', (req, res) => {
    const { name, record_ids } = NewList.parse(req.body);
    made += 1;
    const list = { list_id: `list${made}`, name, changed_on: today, records: described(record_ids) };
    kept.lists = [...kept.lists, list];
    res.status(201).json(SavedList.parse(list));
  });
  app.put('/api/v1/me/lists/:id', (req: Request<{ id: string }>, res) => {
    const { record_ids } = ListChange.parse(req.body);
    kept.lists = kept.lists.map((list) =>
      list.list_id === req.params.id && record_ids ? { ...list, records: described(record_ids) } : list,
    );
    res.json(SavedList.parse(kept.lists.find(({ list_id }) => list_id === req.params.id)));
  });
  app.delete('/api/v1/me/lists/:id', (req: Request<{ id: string }>, res) => {
    kept.lists = kept.lists.filter(({ list_id }) => list_id !== req.params.id);
    res.status(204).end();
  });
  app.get('/api/v1/me/history', (_req, res) => {
    res.json(ReadingHistory.parse({ entries: kept.history }));
  });
}

function dataOf({ choices, lists, history }: Kept): z.input<typeof MyData> {
  return {
    parts: [
      { part: 'session', sentence: 'While you are signed in, this server’s memory knows which account you opened. It forgets when you sign out.', kept: 'memory', count: null, until: new Date(Date.now() + 4 * 3_600_000).toISOString() },
      { part: 'choices', sentence: choices.lists || choices.history ? 'What you chose to have kept.' : 'You have chosen to have nothing kept, so nothing is.', kept: choices.lists || choices.history ? 'encrypted' : 'nowhere', count: null, until: null },
      { part: 'lists', sentence: lists.length === 0 ? 'No saved lists.' : `${lists.length} saved lists, encrypted.`, kept: choices.lists ? 'encrypted' : 'nowhere', count: lists.length, until: choices.lists ? '2027-02-19' : null },
      { part: 'history', sentence: history.length === 0 ? 'No reading history.' : 'Titles you borrowed, encrypted.', kept: choices.history ? 'encrypted' : 'nowhere', count: history.length, until: null },
      { part: 'library_system', sentence: 'Your name, loans, holds and fines are in the library’s own system. Carrel only shows them and keeps no copy.', kept: 'elsewhere', count: null, until: null },
      { part: 'never', sentence: 'Your card number, your PIN and what you ask here are never written down.', kept: 'nowhere', count: null, until: null },
    ],
    choices,
  }; // prettier-ignore
}
