const LENGTH = 6;
const KEPT = 2;

/**
 * The six characters of [0-9a-z] that name each strategy inside a clientOrderId: the beginning of its id, filled up
 * with zeros. Ids that begin alike get two characters of it and four of a hash. Tags are unique among `ids`, and do
 * not depend on their order.
 */
export function strategyTags(ids: Iterable<string>): Map<string, string> {
  const sorted = [...new Set(ids)].sort((a, b) => (a < b ? -1 : 1));
  const groups = new Map<string, string[]>();
  for (const id of sorted) groups.set(plainTag(id), [...(groups.get(plainTag(id)) ?? []), id]);
  const tags = new Map<string, string>();
  const taken = new Set(groups.keys());
  for (const id of sorted) {
    const plain = plainTag(id);
    const alone = groups.get(plain)?.length === 1;
    tags.set(id, alone ? plain : hashedTag(id, plain, taken));
  }
  return tags;
}

function plainTag(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^0-9a-z]/g, '')
    .slice(0, LENGTH)
    .padEnd(LENGTH, '0');
}

function hashedTag(id: string, plain: string, taken: Set<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const hash = fnv1a(attempt === 0 ? id : `${id} ${attempt}`) % 36 ** (LENGTH - KEPT);
    const tag = plain.slice(0, KEPT) + hash.toString(36).padStart(LENGTH - KEPT, '0');
    if (taken.has(tag)) continue;
    taken.add(tag);
    return tag;
  }
}

/** 32-bit FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over UTF-16 code units. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
