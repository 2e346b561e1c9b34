import type { LockedModel } from './lock.js';
import type { MachineMemory } from './memory.js';
import type { OfferedModel } from './offered.js';

/** What the verbs of the model store stand on. */
export interface StoreDeps {
  modelsDir: string;
  offered: readonly OfferedModel[];
  memory: () => MachineMemory;
  now: () => Date;
}

/** A model that was put in place or chosen, and sentences for the person who asked. */
export interface Installed {
  model: LockedModel;
  notes: string[];
}
