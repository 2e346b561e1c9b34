import Database from 'better-sqlite3';
import type { Embedding } from '../../../engine/embedding/embedding.js';
import { quantise, toUnit } from '../../../engine/embedding/quantised.js';
import type { Bib } from '../../../engine/catalogue/bib.js';
import { passageText, passageVersion } from '../../../engine/retrieval/passage.js';
import { addSpace, createSpaceTables } from '../../../engine/retrieval/vector-spaces.js';
import { vectorInserter } from '../../../engine/retrieval/vector-table.js';

/** Embeds every record of a catalogue file with this embedding and makes its vectors the live ones. */
export async function embedRecords(
  path: string,
  embedding: Embedding,
  modelId = embedding.id,
): Promise<void> {
  const db = new Database(path);
  try {
    const records = db.prepare<[], { row: number; bib: string }>('SELECT row, bib FROM record').all();
    const passages = records.map(({ bib }) => embedding.passagePrefix + passageText(JSON.parse(bib) as Bib));
    const vectors = await embedding.embed(passages);
    db.transaction(() => {
      const slot = createSpaceTables(db, embedding.dimensions);
      const insert = vectorInserter(db, slot);
      records.forEach(({ row }, at) => {
        const { scale, values } = quantise(vectors[at] ?? new Float32Array(embedding.dimensions));
        if (scale > 0) insert(row, values);
      });
      addSpace(db, {
        id: `${modelId}-space`,
        model: modelId,
        slot,
        dimensions: embedding.dimensions,
        live: true,
        passages: passageVersion,
        rescored: null,
        recall: null,
        leftAt: null,
      });
    })();
  } finally {
    db.close();
  }
}

const meanings = [
  ['lighthouse', 'beacon', 'phare'],
  ['dragon', 'wyrm', 'lindworm'],
  ['knot', 'knots', 'hitches', 'ropework'],
  ['tempest', 'shipwreck', 'maroonment'],
];

/** A model for which a few words mean the same; what it was asked is kept, with its options. */
export function meaningModel(id = 'meaning', asked: { text: string; urgent: boolean | undefined }[] = []) {
  const embedding: Embedding = {
    id,
    dimensions: 8,
    maxBatch: 64,
    queryPrefix: 'query: ',
    passagePrefix: '',
    embed(texts, options) {
      asked.push(...texts.map((text) => ({ text, urgent: options?.urgent })));
      return Promise.resolve(
        texts.map((text) => {
          const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
          // The fifth number is in all texts: models crowd their vectors on one side.
          const count = (some: readonly string[]) => words.filter((word) => some.includes(word)).length;
          return toUnit(Float32Array.from([...meanings.map(count), 1, 0, 0, 0]));
        }),
      );
    },
  };
  return { embedding, asked };
}
