import type { Me } from '../../../contract/sign-in.js';

/** Seconds until the server ends this visit: it was idle too long, or has lasted as long as it may. */
export function secondsLeft(me: Me, heardMs: number, nowMs: number): number {
  const idle = me.idle_seconds === null ? Infinity : me.idle_seconds - (nowMs - heardMs) / 1000;
  return Math.min(idle, lastCall(me, nowMs));
}

/** Seconds until a visit ends however much happens in it. */
export function lastCall(me: Me, nowMs: number): number {
  return me.ends_at === null ? Infinity : (Date.parse(me.ends_at) - nowMs) / 1000;
}
