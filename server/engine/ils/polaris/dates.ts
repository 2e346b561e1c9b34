/** A moment as Polaris wrote it. */
export interface PolarisTime {
  ms: number;
  /** The day it falls on at the library, YYYY-MM-DD. */
  day: string;
}

const EPOCH_FORM = /^\/Date\((-?\d+)(?:([+-])(\d{2})(\d{2}))?\)\/$/;
const ISO_FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;
const WORD_FORM = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}),? (\d{4})(?: +(\d{1,2}):(\d{2})([AP]M))?$/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const YEAR_1900 = Date.UTC(1900, 0, 1);

/**
 * Reads `/Date(1646860372320-0600)/` (milliseconds; the offset only says what the library's clock showed), ISO with a
 * zone, ISO without one, `Mar  9 2022` and `Mar  9 2022 11:59PM` (these the library's own time). Undefined for anything
 * else, for days that there are none of, and for the year 1, which stands for "never".
 */
export function readTime(value: unknown, zone: string | undefined): PolarisTime | undefined {
  if (typeof value !== 'string') return undefined;
  const time = epochTime(value.trim(), zone) ?? isoTime(value.trim(), zone) ?? wordTime(value.trim(), zone);
  return time === undefined || time.ms < YEAR_1900 ? undefined : time;
}

/** The same as ISO 8601 in UTC. */
export function readUtc(value: unknown, zone: string | undefined): string | undefined {
  const time = readTime(value, zone);
  return time === undefined ? undefined : new Date(time.ms).toISOString();
}

/** A moment by the library's clock, as PAPI takes it in a query: 2026-03-04T14:02:00. */
export function localTime(ms: number, zone: string | undefined): string {
  return new Date(ms + offsetAt(ms, zone)).toISOString().slice(0, 19);
}

/** A moment as PAPI takes it in a JSON body. */
export function epochForm(ms: number): string {
  return `/Date(${ms})/`;
}

function epochTime(value: string, zone: string | undefined): PolarisTime | undefined {
  const [, digits, sign, hours, minutes] = EPOCH_FORM.exec(value) ?? [];
  if (digits === undefined) return undefined;
  const ms = Number(digits);
  if (Math.abs(ms) > 8.64e15) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const shown = ms + (sign === undefined ? offsetAt(ms, zone) : offset);
  return { ms, day: new Date(shown).toISOString().slice(0, 10) };
}

function isoTime(value: string, zone: string | undefined): PolarisTime | undefined {
  const parts = ISO_FORM.exec(value);
  if (!parts) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', written] = parts;
  const thousandths = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const shown = wallClock(
    [Number(year), Number(month), Number(day)],
    [Number(hour), Number(minute), Number(second), thousandths],
  );
  if (shown === undefined) return undefined;
  const ms = written === undefined ? momentOf(shown, zone) : shown - offsetOf(written);
  return { ms, day: `${year}-${month}-${day}` };
}

function wordTime(value: string, zone: string | undefined): PolarisTime | undefined {
  const [, name, day, year, hour = '12', minute = '0', half = 'AM'] = WORD_FORM.exec(value) ?? [];
  const month = months.indexOf(name ?? '') + 1;
  if (month === 0 || Number(hour) < 1 || Number(hour) > 12) return undefined;
  const hours = (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
  const shown = wallClock([Number(year), month, Number(day)], [hours, Number(minute), 0, 0]);
  if (shown === undefined) return undefined;
  return { ms: momentOf(shown, zone), day: new Date(shown).toISOString().slice(0, 10) };
}

/** What a clock shows, as if it were UTC; undefined for 30 February and 25 o'clock. */
function wallClock(
  [year, month, day]: [number, number, number],
  [hour, minute, second, thousandths]: [number, number, number, number],
): number | undefined {
  const shown = new Date(0);
  shown.setUTCFullYear(year, month - 1, day);
  shown.setUTCHours(hour, minute, second, thousandths);
  const isReal =
    shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day && shown.getUTCHours() === hour;
  return isReal && minute < 60 && second < 60 ? shown.getTime() : undefined;
}

function offsetOf(written: string): number {
  if (/^z$/i.test(written)) return 0;
  const minutes = Number(written.slice(1, 3)) * 60 + Number(written.slice(-2));
  return minutes * 60_000 * (written.startsWith('-') ? -1 : 1);
}

/** When a clock in this zone shows this; of an hour that comes twice, one of both. */
function momentOf(shown: number, zone: string | undefined): number {
  const near = shown - offsetAt(shown, zone);
  return shown - offsetAt(near, zone);
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

/** How far this zone's clock is ahead of UTC at a moment. */
function offsetAt(ms: number, zone: string | undefined): number {
  let format = formats.get(zone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { ...parts, ...clock, timeZone: zone, era: 'narrow' });
    formats.set(zone, format);
  }
  const whole = Math.floor(ms / 1000) * 1000;
  const part = new Map(format.formatToParts(whole).map(({ type, value }) => [type, value]));
  if (part.get('era') === 'B') return 0;
  const shown = wallClock(
    [Number(part.get('year')), Number(part.get('month')), Number(part.get('day'))],
    [Number(part.get('hour')), Number(part.get('minute')), Number(part.get('second')), 0],
  );
  return shown === undefined ? 0 : shown - whole;
}
