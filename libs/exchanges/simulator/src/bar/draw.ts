/**
 * A number in [0, 1) that depends on nothing but its arguments, so that the order of work never changes a draw.
 * FNV-1a over the texts, then the finalizer of MurmurHash3 (both in the public domain).
 */
export function draw(seed: number, clientOrderId: string, openTime: number): number {
  let hash = 0x811c9dc5;
  const text = `${seed}|${clientOrderId}|${openTime}`;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
