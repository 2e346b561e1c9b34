import { dayName } from '../card/whereabouts.js';

const DAY_MS = 86_400_000;

/** A date without a time is that day where the reader is, not in Greenwich. */
export function localDay(date: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(date) ? `${date}T12:00:00` : date;
}

/** A day in full, such as "3 May". */
export function fullDay(date: string, nowMs: number, locale: string): string {
  return dayName(localDay(date), nowMs, locale);
}

/** A day as a date stamp prints it, such as "3 May", its month in three letters; with its year where that is half a year off. */
export function stampedDay(date: string, nowMs: number, locale: string): string {
  const day = new Date(localDay(date));
  const isFar = Math.abs(day.getTime() - nowMs) > 180 * DAY_MS;
  const year = isFar ? { year: 'numeric' as const } : {};
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    day: 'numeric',
    month: 'short',
    ...year,
  }).format(day);
}

/** How far off a day is as one says it: "tomorrow", "in 3 days", "2 days ago". Counted by midnights. */
export function daysOff(date: string, nowMs: number, locale: string): string {
  const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(Date.parse(localDay(date))) - midnight(nowMs)) / DAY_MS);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

/** Whether an amount says that nothing is owed. One without any digit says nothing at all. */
export function isNothing(amount: string): boolean {
  return /\d/.test(amount) && !/[1-9]/.test(amount);
}

/** An amount as the system states it; a plain number with a known currency is written as people write money. */
export function money(amount: string, currency: string | null, locale: string): string {
  if (currency === null) return amount;
  if (!/^-?\d+(\.\d+)?$/.test(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`;
  const region = locale === 'en' ? 'en-GB' : locale;
  return new Intl.NumberFormat(region, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).format(Number(amount));
}
