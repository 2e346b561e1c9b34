import { endOfTurn, ggufShapes, makeGgufModel, type GgufShape } from './gguf-model.js';

export interface ScriptedGgufOptions {
  /** Characters in a piece; default 4. One piece is one token. */
  pieceLength?: number;
  /** Each script begins anew when it has ended, as often as the request allows. */
  endless?: boolean;
  /** As in GgufModelOptions. */
  learnFrom?: string;
  /** Default `tiny`; a larger one reads and writes more slowly. */
  shape?: GgufShape;
}

/**
 * Writes a model that answers every question with one of `scripts`, through the whole of real inference: the first whose
 * beginning the request's grammar allows, and without a grammar the first. So one model can play several parts, each with
 * JSON of its own. A script that begins with `{` is told from the others by its first key. Answers the file's bytes.
 */
export function makeScriptedGguf(
  file: string,
  scripts: readonly string[],
  options: ScriptedGgufOptions = {},
): number {
  const used = new Set<string>();
  const chains = scripts.map((script) => piecesOf(script, options.pieceLength ?? 4, used));
  return makeGgufModel(file, {
    shape: options.shape ?? { ...ggufShapes.tiny, width: 128 },
    pieces: chains.flat(),
    ...(options.learnFrom !== undefined && { learnFrom: options.learnFrom }),
    *follows(id) {
      // The template ends with a line break, and so does the last prompt token; from there every script may begin.
      const start = id('\n');
      for (const [turn, chain] of chains.entries()) {
        const ids = chain.map(id);
        ids.push(options.endless ? (ids[0] ?? start) : id(endOfTurn));
        yield [start, ids[0] ?? start, 6 - turn * 0.25];
        for (const [step, from] of ids.slice(0, -1).entries()) yield [from, ids[step + 1] ?? from, 6];
      }
    },
  });
}

/**
 * A script in pieces of which none comes twice and none is a word of the vocabulary already in the making, since what
 * follows is decided by the last piece alone. A piece that would come again grows until it is new.
 */
function piecesOf(script: string, length: number, used: Set<string>): string[] {
  const characters = [...script];
  const pieces: string[] = [];
  let piece = '';
  const firstEnds = script.startsWith('{') ? script.indexOf(':') + 1 : 0;
  for (const character of characters) {
    piece += character;
    const enough = pieces.length === 0 && firstEnds > 0 ? piece.length >= firstEnds : piece.length >= length;
    if (!enough || used.has(piece) || piece === '\n') continue;
    used.add(piece);
    pieces.push(piece);
    piece = '';
  }
  if (piece === '') return pieces;
  // What is left over is too short to be new: it joins the piece before it.
  for (let last = (pieces.pop() ?? '') + piece; ; last = (pieces.pop() ?? '') + last) {
    if (!used.has(last) || pieces.length === 0) {
      if (used.has(last)) throw new RangeError('two scripts are the same');
      used.add(last);
      return [...pieces, last];
    }
  }
}
