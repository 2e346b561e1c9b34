import { Problem } from '../../contract/problems.js';
import type { Database } from '../db/database.js';
import { openSqlite } from '../db/sqlite.js';
import { createGenerations, type Generation } from '../imports/generations.js';
import { holdLease } from '../jobs/lease-holder.js';
import { createLease } from '../jobs/lease.js';
import { passageVersion } from '../retrieval/passage.js';
import { makeLive, type VectorSpace } from '../retrieval/vector-spaces.js';
import { atWork } from './sentences.js';
import { readSpaces } from './space-states.js';

export type SpaceSwitch = ReturnType<typeof createSpaceSwitch>;

/**
 * Which vectors of the live catalogue are searched. A switch is one transaction on its file; search threads then open
 * the file anew, each between two questions, so that every answer is of one space.
 */
export function createSpaceSwitch(deps: { database: Database }) {
  const { db, dataDir } = deps.database;
  const generations = createGenerations({ db, dataDir });
  const lease = createLease({ db });

  async function live(): Promise<Generation> {
    const generation = await generations.live();
    if (generation === undefined)
      throw new Problem('not_ready', { detail: 'No catalogue has been put in yet.' });
    const trouble = generations.unusable(generation);
    if (trouble !== undefined) throw new Problem('not_ready', { detail: trouble });
    return generation;
  }

  /** Not while an import copies the file: the copy would know nothing of it. A training or an embedding steps aside. */
  async function switchWith(
    choose: (spaces: VectorSpace[], generation: Generation) => VectorSpace,
  ): Promise<VectorSpace> {
    const held = await holdLease({ lease, jobId: null });
    if (held === undefined) throw atWork();
    try {
      const generation = await live();
      const chosen = choose(readSpaces(generations.pathOf(generation)), generation);
      const file = openSqlite(generations.pathOf(generation), { mustExist: true });
      try {
        makeLive(file, chosen.id);
      } finally {
        file.close();
      }
      // Also when it was live already: whoever stopped between the two steps is made good.
      await generations.revise(generation.number);
      return { ...chosen, live: true, leftAt: null };
    } finally {
      await held.release();
    }
  }

  return {
    /**
     * The model's space that could take the live one's place, and the file that holds both. Throws Problem('not_ready')
     * when there is none, or the model has not read the whole catalogue.
     */
    async candidate(
      model?: string,
    ): Promise<{ cataloguePath: string; live: VectorSpace | undefined; space: VectorSpace }> {
      const generation = await live();
      const spaces = readSpaces(generations.pathOf(generation));
      return {
        cataloguePath: generations.pathOf(generation),
        live: spaces.find((space) => space.live),
        space: candidateOf(spaces, model),
      };
    },

    /** Makes a model's space the live one; the one that was live stays. Throws as `candidate` does, and Problem('import_running'). */
    switchTo: (model?: string) => switchWith((spaces) => candidateOf(spaces, model)),

    /** Makes the space live again that was live before. Throws Problem('not_ready') when there is none, and Problem('import_running'). */
    back: () => switchWith(beforeOf),
  };
}

function candidateOf(spaces: readonly VectorSpace[], model: string | undefined): VectorSpace {
  const able = spaces.filter((space) => space.model !== null && space.passages === passageVersion);
  const space =
    model === undefined ? able.filter(({ live }) => !live).at(-1) : able.find((one) => one.model === model);
  if (space) return space;
  const detail =
    model === undefined
      ? 'No model has read the whole catalogue; carrel embed lets one do so.'
      : `${model} has not read the whole catalogue yet; carrel embed lets it do so.`;
  throw new Problem('not_ready', { detail });
}

/** The space that was live last; the one trained on the catalogue where none was. */
function beforeOf(spaces: readonly VectorSpace[]): VectorSpace {
  const others = spaces.filter(({ live }) => !live);
  const last = others
    .filter(({ leftAt }) => leftAt !== null)
    .sort((a, b) => ((a.leftAt ?? '') < (b.leftAt ?? '') ? 1 : -1))[0];
  const space = last ?? others.find(({ model }) => model === null);
  if (space) return space;
  throw new Problem('not_ready', { detail: 'There are no other vectors to go back to.' });
}
