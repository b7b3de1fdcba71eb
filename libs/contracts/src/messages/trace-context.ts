import { hash as hexDigest } from 'node:crypto';

const SAMPLED = '01';
const TRACE_ID_AT = 3;
const PARENT_ID_AT = 36;
const FLAGS_AT = 53;

/**
 * The trace of a request's W3C `traceparent` header, in the form of version 00; null where it is not valid: too short,
 * in upper case, of version ff, or with an id that is all zero. A later version is read as far as it is known.
 */
export function readTraceparent(header: string): string | null {
  const found = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/.exec(header);
  if (found === null) return null;
  const [, version, traceId, parentId, flags, more] = found;
  if (version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (isZero(traceId!) || isZero(parentId!)) return null;
  const sampled = Number.parseInt(flags!, 16) & 1;
  return `00-${traceId!}-${parentId!}-0${sampled}`;
}

/**
 * The trace of something that comes without one: its id is derived from that of the thing, the first 16 bytes of its
 * SHA-256, so that the same thing taken in twice, or elsewhere, has the same trace.
 */
export function traceOf(id: string): string {
  const traceId = hexDigest('sha256', id).slice(0, 32);
  // Of all zero, which means none, nobody knows an id; it would have another one.
  return `00-${isZero(traceId) ? traceId.replace(/0$/, '1') : traceId}-${parentIdOf(id)}-${SAMPLED}`;
}

/** The same trace as a message says it: whoever is led to by the message has it as the parent. */
export function traceWithin(traceparent: string, messageId: string): string {
  return `${traceparent.slice(0, PARENT_ID_AT)}${parentIdOf(messageId)}${traceparent.slice(FLAGS_AT - 1)}`;
}

/** The id that all messages of a trace have in common: for logs. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(TRACE_ID_AT, PARENT_ID_AT - 1);
}

/**
 * Eight bytes of a text that is one of few in its trace: FNV-1a, twice, and mixed. It stands in every message, where a
 * cryptographic digest would cost more than all the rest of it.
 */
function parentIdOf(id: string): string {
  let low = 0x811c9dc5;
  let high = 0xcbf29ce4;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return hex(mixed(high)) + hex(mixed(low) | 1);
}

/** Lets every bit depend on all others: texts that differ in their last digit do so in half of the bits. */
function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits: from a table, as they are made for every message. */
function hex(value: number): string {
  return (
    BYTES[value >>> 24]! + BYTES[(value >>> 16) & 255]! + BYTES[(value >>> 8) & 255]! + BYTES[value & 255]!
  );
}

function isZero(digits: string): boolean {
  return /^0+$/.test(digits);
}
