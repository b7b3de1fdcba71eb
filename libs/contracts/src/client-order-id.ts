import { hash as hexDigest } from 'node:crypto';
import type { Leg } from '@bowline/domain';

/** What a clientOrderId is derived from. */
export interface ClientOrderIdParts {
  /** 6 characters of [0-9a-z], unique among the strategies of a configuration. */
  readonly strategyTag: string;
  readonly leg: Leg;
  /** Raised at each replacement of the leg, from 0. */
  readonly generation: number;
  /** Slices and splits of one order, from 0. */
  readonly child: number;
  readonly client: string;
  /** The exchange that the client's account is at, or the account's own name. */
  readonly account: string;
  readonly symbol: string;
  readonly strategyPositionId: string;
}

/** Two digits of base 36: as many generations and children have names of their own. */
const TWO_DIGITS = 36 ** 2;
const HASH_LENGTH = 21;
const HASHES = 36n ** BigInt(HASH_LENGTH);
const TWO_DIGIT_TEXTS = Array.from({ length: TWO_DIGITS }, (_, value) => value.toString(36).padStart(2, '0'));
const TAG = /^[0-9a-z]{6}$/;

type PositionParts = Pick<ClientOrderIdParts, 'client' | 'account' | 'symbol' | 'strategyPositionId'>;

/**
 * The id under which an order is known to the exchange: 6 characters of strategy tag, 1 of leg, 2 of generation, 2
 * of child, 21 of hash. It is derived, never drawn, so that whoever holds the parts can tell an order of theirs from
 * the exchange's own list, and a repeated derivation names the same order.
 *
 * @throws RangeError where a part does not fit its characters: cutting it would make two orders one
 */
export function clientOrderId(parts: ClientOrderIdParts): string {
  return clientOrderIdOf(parts, positionHash(parts, generationEra(parts.generation)));
}

/**
 * As {@link clientOrderId}, for callers that name many orders of one strategy position and hash it once for each
 * {@link generationEra}.
 */
export function clientOrderIdOf(
  order: Pick<ClientOrderIdParts, 'strategyTag' | 'leg' | 'generation' | 'child'>,
  hash: string,
): string {
  if (!TAG.test(order.strategyTag)) {
    throw new RangeError(
      `strategyTag must be 6 characters of [0-9a-z], got ${JSON.stringify(order.strategyTag)}`,
    );
  }
  const generation = order.generation - generationEra(order.generation) * TWO_DIGITS;
  return (
    order.strategyTag +
    order.leg +
    twoDigits(generation, 'generation') +
    twoDigits(order.child, 'child') +
    hash
  );
}

/**
 * How often the two digits of the generation have been used up. A stop that trails for weeks is replaced more than
 * 1,296 times; what no longer fits the digits goes into the hash.
 */
export function generationEra(generation: number): number {
  return generation >= TWO_DIGITS ? Math.floor(generation / TWO_DIGITS) : 0;
}

/**
 * The part of a clientOrderId that all orders of a strategy position share: SHA-256 of its names in base 36, the last
 * 21 digits (the first are not evenly distributed). The names are joined as JSON, so that no choice of names makes two
 * positions one.
 */
export function positionHash(
  { client, account, symbol, strategyPositionId }: PositionParts,
  era = 0,
): string {
  const names = [client, account, symbol, strategyPositionId];
  const text = JSON.stringify(era === 0 ? names : [...names, era]);
  const digest = BigInt(`0x${hexDigest('sha256', text)}`);
  return (digest % HASHES).toString(36).padStart(HASH_LENGTH, '0');
}

function twoDigits(value: number, field: string): string {
  if (!Number.isInteger(value) || value < 0 || value >= TWO_DIGITS) {
    throw new RangeError(`${field} must be a whole number from 0 to ${TWO_DIGITS - 1}, got ${value}`);
  }
  return TWO_DIGIT_TEXTS[value];
}
