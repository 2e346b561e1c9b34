import type { RequestHandler } from 'express';

/** An IPv4 address as a socket that speaks both gives it. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Tells `during` the address of who asks, for as long as the request is answered. Mounted only where it may be told on. */
export function patronAddressed(
  during: (address: string | undefined, work: () => void) => void,
): RequestHandler {
  return (req, _res, next) => during(req.ip?.replace(MAPPED, ''), next);
}
