import type { Test } from 'tap';
import type { Embedding } from '../../../engine/embedding/embedding.js';

const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, at) => sum + v * (b[at] ?? 0), 0);

/** What every Embedding keeps. `near` are two texts alike and one that is not; `unknown` is a text in no vocabulary. */
export function embeddingConforms(
  t: Test,
  embedding: Embedding,
  texts: { near: [string, string, string]; unknown: string },
): void {
  t.test('texts become unit vectors of the stated length, in order', async (t) => {
    const [one, two, other] = await embedding.embed(texts.near);
    for (const vector of [one, two, other]) {
      t.equal(vector?.length, embedding.dimensions);
      t.ok(vector && Math.abs(dot(vector, vector) - 1) < 1e-3);
    }
    t.ok(one && two && other && dot(one, two) > dot(one, other), 'what is alike is nearer');
  });
  t.test('equal texts give equal vectors', async (t) => {
    t.strictSame(await embedding.embed([texts.near[0]]), await embedding.embed([texts.near[0]]));
  });
  t.test('a text in which nothing is known is a zero vector, an empty batch an empty answer', async (t) => {
    const [vector] = await embedding.embed([texts.unknown]);
    t.ok(vector?.every((v) => v === 0));
    t.strictSame(await embedding.embed([]), []);
  });
  t.test('an aborted call rejects and a batch too large is refused', async (t) => {
    await t.rejects(embedding.embed(['x'], { signal: AbortSignal.abort(new Error('left')) }), {
      message: 'left',
    });
    await t.rejects(embedding.embed(new Array<string>(embedding.maxBatch + 1).fill('x')), RangeError);
  });
}
