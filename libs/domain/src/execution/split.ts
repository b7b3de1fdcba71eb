import type { Lots } from '../primitives/index.js';

/**
 * Parts as equal as whole lots can be, as few as none is larger than `max`; together the quantity. Even parts, because a
 * small last one might be less than the exchange takes.
 */
export function splitQty(quantity: Lots, max: Lots | null): Lots[] {
  return evenParts(quantity, max === null ? 1 : Math.ceil(quantity / max));
}

/** So many parts, as equal as whole lots can be, larger ones first; none of them empty. */
export function evenParts(quantity: Lots, count: number): Lots[] {
  const parts = Math.max(1, Math.min(count, quantity));
  const smaller = Math.floor(quantity / parts);
  const larger = quantity - smaller * parts;
  return Array.from({ length: parts }, (_, i) => smaller + (i < larger ? 1 : 0));
}
