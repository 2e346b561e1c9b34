const NO_NAME =
  'This machine finds no host of that name: look at the address in the settings, and at this machine’s name service (DNS).';
const NO_WAY = 'No way leads there: look at the address in the settings, and at the firewalls in between.';
const NOBODY_LISTENS =
  'Nothing listens there: look at address and port in the settings, and whether the service runs and lets this machine in.';
const NOBODY_VOUCHES =
  'Nobody whom this machine trusts vouches for the server’s certificate: it needs one of a public authority, with the certificates in between.';
const NO_TLS =
  'What answers there does not seem to speak TLS: look at the port, and whether the address begins with https rightly.';

/** OpenSSL's codes for a certificate whose signer this machine does not know. */
export const unvouched = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
] as const;

/** What staff can do about a certificate whose days are not these. */
export const outOfDate = {
  CERT_HAS_EXPIRED: 'The server’s certificate has run out: it needs a new one.',
  CERT_NOT_YET_VALID: 'The server’s certificate is not valid yet: look at the clocks of both machines.',
} as const;

/** What staff can do about a connection that did not stand, by the code of the error. */
const sentences: Readonly<Record<string, string>> = {
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  ECONNREFUSED: NOBODY_LISTENS,
  ETIMEDOUT: NO_WAY,
  EHOSTUNREACH: NO_WAY,
  ENETUNREACH: NO_WAY,
  ...Object.fromEntries(unvouched.map((code) => [code, NOBODY_VOUCHES])),
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The server’s certificate is for another name than the one in the address: give the name that is in it.',
  ...outOfDate,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  EPROTO: NO_TLS,
};

/** A sentence for staff; undefined where the code says too little, such as a line that broke. */
export function lineTrouble(cause: unknown): string | undefined {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return code !== undefined && Object.hasOwn(sentences, code) ? sentences[code] : undefined;
}
