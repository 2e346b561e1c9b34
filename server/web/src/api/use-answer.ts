import { useCallback, useEffect, useState } from 'react';
import { Refused, type Refusal } from './refusal.js';

/** An answer on its way, here, or refused. While a newer one is on its way the older one stays. */
export interface Fetched<T> {
  data: T | undefined;
  refusal: Refusal | undefined;
  loading: boolean;
  /** A request is on its way, the first or a later one. */
  asking: boolean;
  again: () => void;
}

interface Settled<T> {
  key: string;
  /** Which asking of this key it was. */
  round: number;
  data: T | undefined;
  refusal: Refusal | undefined;
}

/** Fetches on mount and whenever `key` changes; `load` must depend on nothing but `key`. Leaving aborts the fetch. */
export function useAnswer<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [state, setState] = useState<Settled<T>>();
  const [round, setRound] = useState(0);
  const [loader, setLoader] = useState({ key, load });
  if (loader.key !== key) setLoader({ key, load });

  useEffect(() => {
    const left = new AbortController();
    loader.load(left.signal).then(
      (data) => setState({ key: loader.key, round, data, refusal: undefined }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        const refusal: Refusal = error instanceof Refused ? error.refusal : { kind: 'unreachable' };
        setState((old) => ({
          key: loader.key,
          round,
          data: old?.key === loader.key ? old.data : undefined,
          refusal,
        }));
      },
    );
    return () => left.abort();
  }, [loader, round]);

  const again = useCallback(() => setRound((n) => n + 1), []);
  const current = state?.key === key;
  return {
    data: state?.data,
    refusal: current ? state.refusal : undefined,
    loading: !current,
    asking: !current || state.round !== round,
    again,
  };
}
