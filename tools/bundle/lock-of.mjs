/**
 * The package-lock.json of a manifest whose packages are those of another lockfile: the same versions in the same
 * places, and no other.
 *
 * @param {{ name: string, version: string, dependencies: Record<string, string> }} manifest
 * @param {Record<string, object>} locked `packages` of the lockfile that has them
 */
export function lockOf(manifest, locked) {
  const found = new Map();
  const take = (from, name, mayBeAbsent) => {
    const path = placeOf(from, name, locked);
    if (path === null) {
      if (mayBeAbsent) return;
      throw new Error(`package-lock.json has no ${name} for ${from || manifest.name}`);
    }
    // Where a workspace has a version of its own, there is no such folder beside the bundle.
    if (!path.startsWith('node_modules/')) throw new Error(`${path} is not installed for everybody`);
    if (found.has(path)) return;
    const { dev: _dev, devOptional: _devOptional, peer: _peer, ...entry } = locked[path];
    found.set(path, entry);
    for (const each of Object.keys(entry.dependencies ?? {})) take(path, each, false);
    for (const each of Object.keys(entry.optionalDependencies ?? {})) take(path, each, true);
    for (const each of Object.keys(entry.peerDependencies ?? {}))
      take(path, each, entry.peerDependenciesMeta?.[each]?.optional === true);
  };
  for (const name of Object.keys(manifest.dependencies)) take('', name, false);
  const { dependencies, license, name, version } = manifest;
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...{ name, version, lockfileVersion: 3, requires: true },
    packages: { '': { name, version, license, dependencies }, ...Object.fromEntries(sorted) },
  };
}

/** Where a package finds another: beside it, then in each folder above, as Node looks. Null: nowhere. */
function placeOf(from, name, locked) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (locked[path] !== undefined) return path;
    if (at === '') return null;
  }
}
