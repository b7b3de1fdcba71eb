import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signatures of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, in base64,
 * behind `v1,`.
 */
export const WEBHOOK_HEADERS = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
  /** Ours: which source sends it. Optional, as the signature tells. */
  source: 'webhook-source',
} as const;

/** How far the time of a signature may be from ours, either way. */
export const SIGNATURE_TOLERANCE_S = 300;

const PREFIX = 'whsec_';
const FEWEST_BYTES = 24;
const MOST_BYTES = 64;
const VERSION = 'v1,';
/** A sender that is rotating signs twice; nobody signs more often than this. */
const MOST_SIGNATURES = 16;

/** What is signed. */
export interface SignedContent {
  /** Names the message: the same at every attempt to deliver it. */
  readonly id: string;
  /** Seconds since 1970, as they are written: of this attempt. */
  readonly timestamp: string;
  readonly body: Uint8Array | string;
}

/** What every secret looks like; completes "expected ...". */
export const WEBHOOK_SECRET_FORM = `${PREFIX} and ${FEWEST_BYTES} to ${MOST_BYTES} random bytes in base64`;

/** The key of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`; null where it is none. */
export function webhookKey(secret: string): Buffer | null {
  const text = secret.slice(PREFIX.length);
  if (!secret.startsWith(PREFIX) || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= FEWEST_BYTES && key.length <= MOST_BYTES ? key : null;
}

/** The header `webhook-signature` of a message. */
export function webhookSignature(key: Uint8Array, content: SignedContent): string {
  return VERSION + digest(key, content).toString('base64');
}

/** Whether one of the signatures of a header is the key's. Takes as long whether it is or not. */
export function isSignedBy(key: Uint8Array, content: SignedContent, header: string): boolean {
  const expected = digest(key, content);
  const matching = header
    .split(' ', MOST_SIGNATURES)
    .filter((signature) => signature.startsWith(VERSION))
    .map((signature) => Buffer.from(signature.slice(VERSION.length), 'base64'))
    .filter((given) => given.length === expected.length && timingSafeEqual(given, expected));
  return matching.length > 0;
}

function digest(key: Uint8Array, { body, id, timestamp }: SignedContent): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}
