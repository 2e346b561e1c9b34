import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqlite, type Sqlite } from '../db/sqlite.js';
import type { Embedding } from './embedding.js';
import { quantise, toUnit } from './quantised.js';
import { rememberVectors } from './remembered.js';

const keyBytes = 32;
const schema = `
CREATE TABLE IF NOT EXISTS question (at INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, sealed BLOB NOT NULL);
`;

/** Vectors of questions, remembered for as long as their model stays: a question is put to a model once. */
export interface QuestionVectors {
  /**
   * The embedding with a memory before it: in this process, then in the file. Vectors of two models never meet, because
   * the embedding's id is part of every key.
   */
  around(embedding: Embedding): Embedding;
  close(): void;
}

export interface QuestionVectorsOptions {
  /** Where question-vectors.db and its key lie; undefined remembers in this process only. */
  dir?: string | undefined;
  /** Rows in the file; the oldest go. Default 50,000, about 25 MB for 384 numbers. */
  mostRows?: number;
  /** Told once when the file fails; from then on this process remembers alone. */
  onFault?: (error: unknown) => void;
}

/**
 * Opens the memory of questions' vectors. What a patron typed must not be found again on the disk, so the file holds
 * neither words nor vectors as they are: a row is known by a keyed digest of the text, and its vector, which could be
 * turned back into a text, is enciphered with a key that is made from the text itself. Without the words nothing in the
 * file can be read; who has the folder with its key can at most ask whether a question that he guesses is there.
 */
export function openQuestionVectors(options: QuestionVectorsOptions): QuestionVectors {
  const { dir, mostRows = 50_000, onFault = () => undefined } = options;
  let file = dir === undefined ? undefined : openFile(dir, mostRows);
  const fail = (error: unknown) => {
    file?.close();
    file = undefined;
    onFault(error);
  };

  /** The vectors of these texts that the file holds. A file that fails costs the memory, never the question. */
  function find(embedding: Embedding, texts: readonly string[]): (Float32Array | undefined)[] {
    try {
      return texts.map((text) => file?.find(embedding, text));
    } catch (error) {
      fail(error);
      return texts.map(() => undefined);
    }
  }
  function keep(embedding: Embedding, texts: readonly string[], vectors: readonly Float32Array[]): void {
    try {
      texts.forEach((text, at) => {
        const vector = vectors[at];
        if (vector) file?.keep(embedding, text, vector);
      });
    } catch (error) {
      fail(error);
    }
  }

  return {
    around(embedding) {
      const remembered = rememberVectors({
        ...embedding,
        async embed(texts, asking) {
          const held = find(embedding, texts);
          const missing = texts.filter((_, at) => held[at] === undefined);
          const made = missing.length === 0 ? [] : await embedding.embed(missing, asking);
          keep(embedding, missing, made);
          let next = 0;
          return held.map((vector) => vector ?? made[next++] ?? new Float32Array(embedding.dimensions));
        },
      });
      return {
        ...remembered,
        embed: (texts, asking) => remembered.embed(texts.map(normalised), asking),
      };
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}

/** Spacing and the ways to write one accented letter make no other question. */
function normalised(text: string): string {
  return text.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

function openFile(dir: string, mostRows: number) {
  const secret = readKey(join(dir, 'question-vectors.key'));
  const db = openDatabase(join(dir, 'question-vectors.db'));
  const select = db.prepare<[Buffer], Buffer>('SELECT sealed FROM question WHERE key = ?').pluck();
  const insert = db.prepare<[Buffer, Buffer]>('INSERT OR REPLACE INTO question (key, sealed) VALUES (?, ?)');
  const cut = db.prepare<[number]>('DELETE FROM question WHERE at <= (SELECT max(at) FROM question) - ?');
  const cutEvery = Math.ceil(mostRows / 100);
  let kept = 0;
  const digest = (use: 'row' | 'seal', { id, dimensions }: Embedding, text: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([use, id, dimensions, text]))
      .digest();
  /** A key serves for one text only, so that the counter may begin at nothing each time. */
  const counter = Buffer.alloc(16);

  return {
    find(embedding: Embedding, text: string): Float32Array | undefined {
      const sealed = select.get(digest('row', embedding, text));
      if (sealed?.length !== embedding.dimensions) return undefined;
      const cipher = createDecipheriv('aes-256-ctr', digest('seal', embedding, text), counter);
      const numbers = Buffer.concat([cipher.update(sealed), cipher.final()]);
      // Every vector is of unit length, so its scale need not be kept.
      return toUnit(Float32Array.from(numbers, (byte) => (byte << 24) >> 24));
    },
    keep(embedding: Embedding, text: string, vector: Float32Array): void {
      const { values } = quantise(vector);
      const cipher = createCipheriv('aes-256-ctr', digest('seal', embedding, text), counter);
      insert.run(digest('row', embedding, text), Buffer.concat([cipher.update(values), cipher.final()]));
      if (++kept % cutEvery === 0) cut.run(mostRows);
    },
    close: () => db.close(),
  };
}

function openDatabase(path: string): Sqlite {
  const open = () => {
    const db = openSqlite(path, { cacheMiB: 2 });
    try {
      db.exec(schema);
      // Of a memory that can be made again nothing is lost by a power cut.
      db.pragma('synchronous = OFF');
      chmodSync(path, 0o600);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };
  try {
    return open();
  } catch {
    // Damaged, or something else of that name: it holds nothing that could not be made again.
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    return open();
  }
}

/** The folder's own random key, made where there is none and readable by its owner only. */
function readKey(path: string): Buffer {
  if (!existsSync(path)) writeFileSync(path, randomBytes(keyBytes), { mode: 0o600, flag: 'wx' });
  return readFileSync(path);
}
