import { z } from 'zod';
import { EngineFault } from '../remote/engine-fault.js';

const Answer = z.object({
  data: z.array(
    z.object({ index: z.int().min(0).optional(), embedding: z.union([z.string(), z.array(z.number())]) }),
  ),
});

/**
 * The vectors of an answer in the order of the texts, as numbers or as base64 of 32-bit floats. Throws EngineFault
 * `foreign` when there are not `count` of them, one is missing, they differ in length or from `dimensions`, or a number
 * is none.
 */
export function readVectors(
  answer: unknown,
  { count, dimensions, host }: { count: number; dimensions: number | undefined; host: string },
): Float32Array[] {
  const foreign = new EngineFault('foreign', host);
  const read = Answer.safeParse(answer);
  if (!read.success || read.data.data.length !== count) throw foreign;
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count }, () => undefined);
  read.data.data.forEach(({ index, embedding }, at) => {
    vectors[index ?? at] =
      typeof embedding === 'string' ? fromBase64(embedding) : Float32Array.from(embedding);
  });
  const length = dimensions ?? vectors[0]?.length ?? 0;
  return vectors.map((vector) => {
    if (vector === undefined || length === 0 || vector.length !== length) throw foreign;
    if (!vector.every((value) => Number.isFinite(value))) throw foreign;
    return vector;
  });
}

/** Little-endian floats, whatever this machine's own order. */
function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}
