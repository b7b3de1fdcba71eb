import type { Path } from './places.js';
import { deskSchema } from './schema/desk-schema.js';
import { clientLimits } from './schema/risk-params.js';
import { schemaKeys } from './schema/walk.js';
import { camelCase, didYouMean, snakeCase } from './suggest.js';

/**
 * What to say of a key that a section does not know: where it belongs, or which one it was meant to be, or which
 * there are. `known` are the keys of the section, `path` is the section's.
 */
export function unknownKey(key: string, known: readonly string[], path: Path): string {
  const camel = camelCase(key);
  const home = homeOf(camel, path);
  if (home !== null && Object.hasOwn(clientLimits, camel) && path.includes('strategies')) {
    return `a limit of the client, not of one strategy; it belongs in ${home}`;
  }
  if (home !== null) return `unknown key here; it belongs in ${home}`;
  // In the spelling of the file.
  const spelled = (name: string) => (key.includes('_') ? snakeCase(name) : name);
  const longer = known.filter((name) => camel.length > 3 && name.startsWith(camel));
  const near =
    longer.length > 0 ? longer.slice(0, 3) : [didYouMean(key, known)].filter((name) => name !== null);
  if (near.length > 0) return `unknown key; did you mean ${near.map(spelled).join(' or ')}?`;
  return `unknown key; known here: ${known.map(spelled).join(', ')}`;
}

/** The section that knows the key, with the ids of the path that leads to the wrong one. Null: none does. */
function homeOf(key: string, path: Path): string | null {
  let best: readonly string[] | null = null;
  for (const { path: keyPath } of schemaKeys(deskSchema)) {
    if (keyPath.at(-1) !== key || key === 'type') continue;
    const section = withIdsOf(keyPath.slice(0, -1), path);
    // It is right here in another kind of the section: of another `type`.
    if (section.length === path.length && common(section, path) === path.length) return null;
    if (best === null || common(section, path) > common(best, path)) best = section;
  }
  if (best === null) return null;
  return best.length === 0 ? 'the top level' : best.join('.');
}

function withIdsOf(section: readonly string[], path: Path): readonly string[] {
  const filled: string[] = [];
  for (const [index, part] of section.entries()) {
    const along = filled.every((before, at) => before === path[at]);
    const given = path[index];
    filled.push(part.startsWith('<') && along && typeof given === 'string' ? given : part);
  }
  return filled;
}

function common(section: readonly string[], path: Path): number {
  let length = 0;
  while (length < section.length && section[length] === path[length]) length += 1;
  return length;
}
