import { unlessLeft, within, type Clock } from '../../cache/clock.js';
import { IlsFault } from '../ils-fault.js';
import type { KohaSpec } from './spec.js';

/** Reads Koha's specification for all who wait, and goes on reading when they have left. */
export interface SpecReader {
  /** Rejects as the reading does, or with the signal's reason. One that is an hour old is given while it is read anew. */
  read(signal: AbortSignal): Promise<KohaSpec>;
  /** Waits for a reading of now. Meanwhile the others are given what is known: a Koha that says nothing holds up no one. */
  readAnew(signal: AbortSignal): Promise<KohaSpec>;
  close(): void;
}

const FRESH_MS = 3_600_000;
/** It is more than a megabyte, and Koha puts it together anew for each who asks. */
const READING_MS = 60_000;
/** How long an old one is kept when it could not be read anew. */
const AGAIN_MS = 60_000;
/** A reading that takes longer may hang on a Koha that said nothing and speaks again: whoever asks then has one of now. */
const DOUBTED_MS = 4_000;

interface Reading {
  work: Promise<KohaSpec>;
  startedAt: number;
  stop: AbortController;
}

export function createSpecReader(
  fetch: (signal: AbortSignal) => Promise<KohaSpec>,
  clock: Clock,
): SpecReader {
  const closed = new AbortController();
  let known: { spec: KohaSpec; until: number } | undefined;
  /** The first is left its whole time, for a Koha that is merely slow; one beside it makes room for the next. */
  let first: Reading | undefined;
  let beside: Reading | undefined;

  const start = (): Reading => {
    const stop = new AbortController();
    const signal = AbortSignal.any([closed.signal, stop.signal]);
    const work = within(clock, READING_MS, signal, fetch).finally(() => {
      if (first === reading) first = undefined;
      if (beside === reading) beside = undefined;
    });
    const reading: Reading = { work, startedAt: clock.now(), stop };
    // Perhaps nobody waits for it any more.
    work.then(
      (spec) => (known = { spec, until: clock.now() + FRESH_MS }),
      () => known && (known.until = Math.max(known.until, clock.now() + AGAIN_MS)),
    );
    return reading;
  };
  const isDoubted = ({ startedAt }: Reading): boolean => clock.now() - startedAt >= DOUBTED_MS;
  const underWay = (): Reading => {
    first ??= start();
    if (!isDoubted(first)) return first;
    if (!beside || isDoubted(beside)) {
      beside?.stop.abort(new IlsFault('silent', 'Koha', { mayHaveHappened: false }));
      beside = start();
    }
    return beside;
  };

  return {
    async read(signal) {
      signal.throwIfAborted();
      if (known && clock.now() < known.until) return known.spec;
      if (!known) return unlessLeft(signal, underWay().work);
      first ??= start();
      return known.spec;
    },
    async readAnew(signal) {
      signal.throwIfAborted();
      return unlessLeft(signal, underWay().work);
    },
    close: () => closed.abort(new Error('closed')),
  };
}
