import { createHmac } from 'node:crypto';

/** What a request is signed over. */
export interface SignedParts {
  method: string;
  /** Scheme, host, path and query exactly as they go out. */
  url: string;
  /** What the PolarisDate header says. */
  date: string;
  /** Access secret of the patron or of the staff account; "" for calls that need none. */
  secret: string;
}

/** PAPI's signature in base64: HMAC of method, address, date and secret, nothing between them; the body is not signed. */
export function signatureOf(key: string, parts: SignedParts, hash: 'sha1' | 'sha256' = 'sha1'): string {
  const message = parts.method + parts.url + parts.date + parts.secret;
  return createHmac(hash, Buffer.from(key, 'utf8')).update(message, 'utf8').digest('base64');
}

/** A moment as PolarisDate and the signature name it (RFC 1123, GMT). */
export function polarisDate(ms: number): string {
  return new Date(ms).toUTCString();
}
