import { z } from 'zod';

/** An IANA time zone that this machine knows, such as Europe/Madrid; for settings. */
export const TimeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}, 'not a time zone of the IANA list');
