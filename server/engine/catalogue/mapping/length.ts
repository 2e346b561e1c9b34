import { fold } from '../../../lib/fold.js';
import { subfieldTexts } from '../formats/marc-record.js';
import type { MarcKnowledge } from './knowledge.js';
import type { RecordFields } from './record-fields.js';

const MAX_PAGES = 20_000;
const MAX_MINUTES = 100 * 60;

/** How long it takes to read or to hear: pages of 300 $a, minutes of 306, 300 $a or a film's 008/18-20. */
export function createLengthReader({ carriers }: MarcKnowledge) {
  // Longest first, so that "pages" is not read as "p".
  const units = [...carriers.page_units].map((u) => fold(u)).sort((a, b) => b.length - a.length);
  const counted = new RegExp(
    `(\\d[\\d\\s,.[\\]]*)\\)?\\s*(?:unnumbered |unnumb\\. )?(?:${units.join('|')})(?![\\p{L}\\p{N}])`,
    'gu',
  );

  /** The largest count of pages an extent names: "xii, 450 p., [16] p. of plates" has 450. */
  function pages(extent: string): number | undefined {
    let most = 0;
    for (const [, digits] of fold(extent).matchAll(counted)) {
      for (const count of wholeNumbers(digits ?? '')) {
        if (count > most && count <= MAX_PAGES) most = count;
      }
    }
    return most === 0 ? undefined : most;
  }

  return {
    pages,
    ofRecord(
      record: RecordFields,
      isPlayed: boolean,
      runningTime: string,
    ): { pages?: number; durationMinutes?: number } {
      const extents = record.all('300').flatMap((f) => subfieldTexts(f, 'a'));
      if (!isPlayed) {
        for (const extent of extents) {
          const found = pages(extent);
          if (found !== undefined) return { pages: found };
        }
        return {};
      }
      const found = playingTime(record) ?? minutesIn(extents.join(' ')) ?? coded(runningTime);
      return found === undefined || found <= 0 || found > MAX_MINUTES ? {} : { durationMinutes: found };
    },
  };
}

/** "1,024" is a thousand and more; "2,312" in older records is two leaves and 312 pages. */
function wholeNumbers(digits: string): number[] {
  const thousand = /^1[,.](\d{3})\s*$/.exec(digits);
  if (thousand !== null) return [1000 + Number(thousand[1])];
  return (digits.match(/\d+/g) ?? []).map(Number);
}

/** 306 $a: six digits hhmmss, one for each work on the carrier. */
function playingTime(record: RecordFields): number | undefined {
  let seconds = 0;
  for (const field of record.all('306')) {
    for (const time of subfieldTexts(field, 'a')) {
      if (!/^\d{6}$/.test(time)) continue;
      seconds += Number(time.slice(0, 2)) * 3600 + Number(time.slice(2, 4)) * 60 + Number(time.slice(4));
    }
  }
  return seconds === 0 ? undefined : Math.max(1, Math.round(seconds / 60));
}

/** "9 hr., 24 min.", "229 min.", "11:30:00": minutes. */
export function minutesIn(text: string): number | undefined {
  const clock = /\b(\d{1,2}):(\d{2}):(\d{2})\b/.exec(text);
  if (clock !== null) return Number(clock[1]) * 60 + Number(clock[2]);
  const hours = /(\d+(?:[.,]\d+)?)\s*(?:hours?|hrs?|h|horas?|heures?|std|stunden?|ore)\b/i.exec(text);
  const minutes = /(\d+)\s*(?:minutes?|mins?|minutos?|minuten?|minuti)\b/i.exec(text);
  if (hours === null && minutes === null) return undefined;
  return Math.round(Number(hours?.[1]?.replace(',', '.') ?? 0) * 60 + Number(minutes?.[1] ?? 0));
}

function coded(runningTime: string): number | undefined {
  return /^\d{3}$/.test(runningTime) && runningTime !== '000' ? Number(runningTime) : undefined;
}
