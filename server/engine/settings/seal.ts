import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts texts so that a copy of the database alone tells nothing (AES-256-GCM, a key of its own for each purpose). */
export interface Seal {
  /** `place` names where the text belongs: opened anywhere else, it is refused. */
  close(text: string, place: string): string;
  /** Throws SealBroken when the text was closed with another key, for another place, or was changed. */
  open(sealed: string, place: string): string;
}

/** A sealed text does not open. */
export class SealBroken extends Error {
  constructor(options?: ErrorOptions) {
    super('what was sealed does not open with this key', options);
    this.name = 'SealBroken';
  }
}

/** A key of 32 bytes for one purpose, made from the key file's (HKDF-SHA-256, RFC 5869). */
export function keyFor(purpose: string, fileKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, '', `carrel ${purpose}`, 32));
}

export function createSeal(key: Buffer): Seal {
  return {
    close(text, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `${VERSION}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
    },
    open(sealed, place) {
      const [version, text = ''] = sealed.split('.');
      const bytes = Buffer.from(text, 'base64url');
      if (version !== VERSION || bytes.length < IV_BYTES + TAG_BYTES) throw new SealBroken();
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      try {
        const body = bytes.subarray(IV_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SealBroken({ cause });
      }
    },
  };
}
