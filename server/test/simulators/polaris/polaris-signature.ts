import { createHmac } from 'node:crypto';

/**
 * The PWS signature as the vendor documents it: base64 of HMAC-SHA1 under the access key over method, full URL, date and
 * secret with nothing between them. The vectors published for it are in polaris-simulator.test.ts.
 */
export const pwsSignature = (
  key: string,
  method: string,
  url: string,
  date: string,
  secret: string,
): string => createHmac('sha1', key).update(`${method}${url}${date}${secret}`, 'utf8').digest('base64');
