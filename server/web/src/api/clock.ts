let aheadMs = 0;

/** Learns from an answer's Date header how far the server's clock is ahead: kiosk clocks are often wrong. */
export function noteServerTime(dateHeader: string | null): void {
  const serverMs = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(serverMs)) return;
  const difference = serverMs - Date.now();
  // The header counts whole seconds, so a second and a half either way says nothing.
  aheadMs = Math.abs(difference) < 1500 ? 0 : difference;
}

/** The server's time now, in milliseconds since 1970. */
export function serverNowMs(): number {
  return Date.now() + aheadMs;
}
