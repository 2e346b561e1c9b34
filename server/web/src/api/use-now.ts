import { useEffect, useState } from 'react';
import { serverNowMs } from './clock.js';

/** The server's time, said again every `everyMs`, so that "20 seconds ago" stays true. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(serverNowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
