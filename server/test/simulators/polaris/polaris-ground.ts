import type { Answer, Asked, LineFaults, SILENCE } from '../http-simulator.js';
import type { DoorFaults } from './polaris-door.js';
import type { PolarisPatron, PolarisState } from './polaris-state.js';

export interface PolarisFaults extends LineFaults, DoorFaults {
  /** This PAPIErrorCode in every answer of HTTP 200 but the logins; 0 for none. */
  errorInside: number;
  /** Called after each page of a synch list. */
  betweenPages: ((state: PolarisState) => void) | undefined;
  /** A hold is placed and then nothing is answered. */
  holdThenSilence: boolean;
}

/** `old` has the row names of servers before 7 and not the lists that came later; `new` is as the 8.0 pages say. */
export type PolarisVersion = 'old' | 'new';

export interface Ground {
  state: PolarisState;
  faults: PolarisFaults;
  version: PolarisVersion;
  now: () => number;
}

export interface Call {
  asked: Asked;
  /** What the `*` of the route stood for. */
  parts: string[];
  /** The patron named in the path, where there is one. */
  patron: PolarisPatron;
}

export type Route = [method: string, path: string, answer: (call: Call) => Answer | typeof SILENCE];
