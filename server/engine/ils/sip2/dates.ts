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
const ISO_FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/;
const SLASH_FORM = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
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
    if (plain) return checked([plain[1], plain[2], plain[3], plain[4], plain[5], plain[6]], false);
    const slash = settings.slash_dates === 'unread' ? null : SLASH_FORM.exec(given.trim());
    if (!slash) return undefined;
    const [first, second] =
      settings.slash_dates === 'month_first' ? [slash[1], slash[2]] : [slash[2], slash[1]];
    return checked([slash[3], first, second, slash[4], slash[5], slash[6]], false);
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
