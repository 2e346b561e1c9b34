import { useCallback, useEffect, useState } from 'react';
import { Refused, type Refusal } from './refusal.js';

/** An answer on its way, here, or refused. While a newer one is on its way the older one stays. */
export interface Fetched<T> {
  data: T | undefined;
  refusal: Refusal | undefined;
  loading: boolean;
  again: () => void;
}

/** Fetches on mount and whenever `key` changes; `load` must depend on nothing but `key`. Leaving aborts the fetch. */
export function useAnswer<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ key: string; data: T | undefined; refusal: Refusal | undefined }>();
  const [round, setRound] = useState(0);
  const [loader, setLoader] = useState({ key, load });
  if (loader.key !== key) setLoader({ key, load });

  useEffect(() => {
    const left = new AbortController();
    loader.load(left.signal).then(
      (data) => setState({ key: loader.key, data, refusal: undefined }),
      (error: unknown) => {
        if (left.signal.aborted) return;
        const refusal: Refusal = error instanceof Refused ? error.refusal : { kind: 'unreachable' };
        setState((old) => ({
          key: loader.key,
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
    again,
  };
}
