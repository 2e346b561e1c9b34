import type { Sip2Settings } from './settings.js';

/** Seconds in the day that the parts name, in one zone. */
interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** Dates as SIP2 writes them, in the time zone of the library's system. */
export interface SipDates {
  /** 18 characters, "20260804    101500": local time, as its four blanks say. */
  write(ms: number): string;
  /** ISO 8601 UTC; undefined for what is no date that can be read for certain. A day alone means its end. */
  read(text: string): string | undefined;
  /** The day it names, YYYY-MM-DD. */
  readDay(text: string): string | undefined;
}

const SIP_FORM = /^(\d{4})(\d{2})(\d{2})(.{4})(\d{2})(\d{2})(\d{2})$/;
const COMPACT_DAY = /^(\d{4})(\d{2})(\d{2})$/;
const CLOCK = String.raw`(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([ap]m))?)?`;
const ISO_FORM = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})${CLOCK}$`, 'i');
const SLASH_FORM = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})${CLOCK}$`, 'i');
/** Day first wherever it is written. */
const DOT_FORM = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4})${CLOCK}$`, 'i');
const LONGEST = 32;

export function sipDates(settings: Pick<Sip2Settings, 'zone' | 'slash_dates'>): SipDates {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: settings.zone,
    hourCycle: 'h23',
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });

  const wallTime = (ms: number): WallTime => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return {
      year: part('year'),
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
      second: part('second'),
    };
  };
  const offsetAt = (ms: number): number => asIfUtc(wallTime(ms)) - Math.floor(ms / 1000) * 1000;
  const fromZone = (wall: WallTime): number => {
    const guess = asIfUtc(wall) - offsetAt(asIfUtc(wall));
    return asIfUtc(wall) - offsetAt(guess);
  };

  const parse = (given: string): { wall: WallTime; isUtc: boolean } | undefined => {
    if (given.length > LONGEST) return undefined;
    const sip = SIP_FORM.exec(given.trim());
    if (sip) {
      const mark = (sip[4] ?? '').trim();
      const isKnown = mark === '' || mark === 'Z';
      return isKnown ? checked([sip[1], sip[2], sip[3], sip[5], sip[6], sip[7]], mark === 'Z') : undefined;
    }
    const plain = COMPACT_DAY.exec(given.trim()) ?? ISO_FORM.exec(given.trim());
    if (plain) return checked([plain[1], plain[2], plain[3], ...clockOf(plain)], false);
    const slash = settings.slash_dates === 'unread' ? null : SLASH_FORM.exec(given.trim());
    const parts = DOT_FORM.exec(given.trim()) ?? slash;
    if (!parts) return undefined;
    const [first, second] =
      slash && settings.slash_dates === 'month_first' ? [parts[1], parts[2]] : [parts[2], parts[1]];
    return checked([parts[3], first, second, ...clockOf(parts)], false);
  };

  return {
    write(ms) {
      const { year, month, day, hour, minute, second } = wallTime(ms);
      return `${digits(year, 4)}${digits(month)}${digits(day)}    ${digits(hour)}${digits(minute)}${digits(second)}`;
    },
    read(text) {
      const found = parse(text);
      if (!found) return undefined;
      return new Date(found.isUtc ? asIfUtc(found.wall) : fromZone(found.wall)).toISOString();
    },
    readDay(text) {
      const found = parse(text);
      if (!found) return undefined;
      const { year, month, day } = found.isUtc ? wallTime(asIfUtc(found.wall)) : found.wall;
      return `${digits(year, 4)}-${digits(month)}-${digits(day)}`;
    },
  };
}

/** Hour, minute and second behind a day, the hour of a twelve-hour clock as one of 24. */
function clockOf(parts: RegExpExecArray): (string | undefined)[] {
  const [hour, minute, second, half] = parts.slice(4);
  if (half === undefined) return [hour, minute, second];
  const isOfTwelve = Number(hour) >= 1 && Number(hour) <= 12;
  const of24 = (Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return [isOfTwelve ? String(of24) : 'no hour', minute, second];
}

const digits = (value: number, length = 2): string => String(value).padStart(length, '0');

function asIfUtc({ year, month, day, hour, minute, second }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Undefined for a day that no calendar has, such as 31 February. */
function checked(
  parts: (string | undefined)[],
  isUtc: boolean,
): { wall: WallTime; isUtc: boolean } | undefined {
  const [year = 0, month = 0, day = 0] = parts.slice(0, 3).map(Number);
  const isDayAlone = parts[3] === undefined;
  const [hour = 0, minute = 0, second = 0] = isDayAlone
    ? [23, 59, 59]
    : parts.slice(3).map((part) => Number(part ?? 0));
  const wall = { year, month, day, hour, minute, second };
  const back = new Date(asIfUtc(wall));
  const isReal =
    year >= 1900 &&
    back.getUTCFullYear() === year &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return isReal ? { wall, isUtc } : undefined;
}
