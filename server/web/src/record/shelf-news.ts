import { useEffect, useState } from 'react';
import type { Availability } from '../../../contract/availability.js';
import { getAvailability, type RecordDetail } from '../api/carrel-api.js';

/**
 * Where a record stands: as it came, and as the library's system says once it has answered, where the record came while
 * it was still being asked. When that cannot be had, nothing is said to be asked any more.
 */
export function useShelfNews({ record, availability }: RecordDetail): Availability {
  const [news, setNews] = useState<{ after: Availability; availability: Availability }>();
  const isAsked = availability.checking === true;
  useEffect(() => {
    if (!isAsked) return;
    const left = new AbortController();
    const tell = (told: Availability): void => setNews({ after: availability, availability: told });
    getAvailability(record.record_id, left.signal).then(tell, () => {
      if (!left.signal.aborted) tell({ ...availability, checking: undefined });
    });
    return () => left.abort();
  }, [isAsked, availability, record.record_id]);
  return news?.after === availability ? news.availability : availability;
}
