import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project-graph.mjs';

/**
 * The projects of the repository, by package.json's `workspaces` (folders, the last part may be `*`).
 *
 * @returns {{folder: string, manifest: any}[]} each project's folder, relative to the root, and its package.json
 */
export function workspaces() {
  return readJson('package.json')
    .workspaces.flatMap(expand)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson(`${folder}/package.json`) }));
}

/** Reads a JSON file by its path from the root. */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function expand(pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .sort();
}
