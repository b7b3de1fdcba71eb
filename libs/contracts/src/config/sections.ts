import { camelCase } from './suggest.js';
import { readSource } from './yaml/source.js';

/** The top-level sections that a configuration has, in camelCase and in its order; none where it cannot be read. */
export function configSections(text: string): string[] {
  const { root } = readSource(text);
  return root?.kind === 'map' ? root.entries.map(({ key }) => camelCase(key)) : [];
}
