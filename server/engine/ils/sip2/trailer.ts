const UPPER_HEX = /^[0-9a-fA-F]{4}$/;

/** Four hex digits over every byte up to and including "AZ": the two's complement of their sum. */
export function checksumOf(bytes: Uint8Array): string {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xffff;
  return (-sum & 0xffff).toString(16).toUpperCase().padStart(4, '0');
}

/** A message as it goes out, its terminator left off: with sequence number and checksum. */
export function withTrailer(body: Buffer, sequence: number | undefined): Buffer {
  const covered = Buffer.concat([body, Buffer.from(sequence === undefined ? 'AZ' : `AY${sequence}AZ`)]);
  return Buffer.concat([covered, Buffer.from(checksumOf(covered))]);
}

/** A message without its trailer, and what that says; `isRight` is undefined where there is no checksum. */
export interface Untrailed {
  body: Buffer;
  sequence: number | undefined;
  isRight: boolean | undefined;
}

/** Looks for a trailer only at the very end, where it must be: nothing in a field can pass for one. */
export function readTrailer(message: Buffer): Untrailed {
  const bare = { body: message, sequence: undefined, isRight: undefined };
  const hex = message.subarray(-4).toString('latin1');
  if (message.subarray(-6, -4).toString('latin1') !== 'AZ' || !UPPER_HEX.test(hex)) return bare;
  const isRight = checksumOf(message.subarray(0, -4)) === hex.toUpperCase();
  const mark = message.subarray(-9, -6).toString('latin1');
  if (!/^AY[0-9]$/.test(mark)) return { body: message.subarray(0, -6), sequence: undefined, isRight };
  return { body: message.subarray(0, -9), sequence: Number(mark[2]), isRight };
}
