import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { BusMessage } from '@bowline/ports';

/** A key of a topic. */
export type CommandKey = KeyObject;

/** Why a message is refused. */
export type SignatureFault = 'unsigned' | 'wrong signature';

/** Of the way in which messages are signed: stands before the signature, and is signed too. */
const VERSION = 'v1';
/** As long as the digest: a shorter key is weaker than the signature. */
export const MIN_KEY_BYTES = 32;

/** @throws RangeError where it is shorter than `MIN_KEY_BYTES` */
export function commandKey(secret: Uint8Array): CommandKey {
  if (secret.length < MIN_KEY_BYTES)
    throw new RangeError(`a key has at least ${MIN_KEY_BYTES} bytes, this one has ${secret.length}`);
  return createSecretKey(secret);
}

/** What proves that whoever holds the key has sent the message, all of it but its trace, on this topic. */
export function sign(message: BusMessage, key: CommandKey): string {
  return `${VERSION},${digest(message, key).toString('base64')}`;
}

/** What is wrong with a message's signature; null: one of the keys has made it. All of them are tried, at any time. */
export function signatureFault(message: BusMessage, keys: readonly CommandKey[]): SignatureFault | null {
  const { signature } = message;
  if (signature === undefined) return 'unsigned';
  const given = Buffer.from(signature);
  let isRight = false;
  for (const key of keys) {
    const right = Buffer.from(sign(message, key));
    // The length is no secret, it is that of every signature.
    if (given.length === right.length && timingSafeEqual(given, right)) isRight = true;
  }
  return isRight ? null : 'wrong signature';
}

/** @returns 32 bytes */
function digest(message: BusMessage, key: CommandKey): Buffer {
  return createHmac('sha256', key).update(signedText(message)).digest();
}

/**
 * What is signed: no two messages have one text. The line is JSON, which holds no line break as it is, so that the body
 * begins behind the first one.
 */
export function signedText({ cause, data, epoch, id, key, source, time, topic }: BusMessage): string {
  return `${JSON.stringify([VERSION, topic, key, id, source, epoch, time, cause])}\n${data}`;
}
