import { outOfDate, unvouched } from '../line-trouble.js';
import type { Sip2Settings } from './settings.js';

const NOBODY_VOUCHES =
  'Nobody whom this machine trusts vouches for the server’s certificate: name the PEM file of whoever signed it in “tls_ca_file”.';
const NO_TLS =
  'The port does not seem to speak TLS: set “port” to the one that does, or “tls” to false behind a tunnel.';

/** What staff can do about a connection that did not stand, by the code of the error. */
const sentences: Readonly<Record<string, string>> = {
  ...Object.fromEntries(unvouched.map((code) => [code, NOBODY_VOUCHES])),
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The server’s certificate is for another name than this host’s: it needs one for this host, or “tls_servername” the name that is in it.',
  ...outOfDate,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  EPROTO: NO_TLS,
  ECONNRESET: NO_TLS,
};
const NO_FILE = 'The file of “tls_ca_file” cannot be read.';

/** Undefined where the trouble is none of TLS's. A certificate is never passed over, whatever is wrong with it. */
export function tlsTrouble(
  cause: unknown,
  { tls, tls_ca_file }: Pick<Sip2Settings, 'tls' | 'tls_ca_file'>,
): string | undefined {
  if (!tls || !(cause instanceof Error)) return undefined;
  const { code, path } = cause as NodeJS.ErrnoException;
  if (tls_ca_file !== undefined && path === tls_ca_file) return NO_FILE;
  return code !== undefined && Object.hasOwn(sentences, code) ? sentences[code] : undefined;
}
