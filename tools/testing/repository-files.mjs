import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project-graph.mjs';

/** What a copy without Git would hold besides the repository's own files. */
const notOurs = ['node_modules', 'dist', '.git', '.nx', '.bowline', 'coverage', 'bowline-data'];

/**
 * The files of the repository, by path from its root, sorted: those that Git tracks, and new ones beside them. What
 * somebody keeps in a folder of their own, or in the root, is theirs. Where there is no Git, all files but what is
 * installed, built or written.
 *
 * @returns {string[]}
 */
export function repositoryFiles() {
  const tracked = git('ls-files', '-z', '--cached');
  if (!tracked) return below('').sort();
  const folders = new Set(tracked.filter((file) => file.includes('/')).map(topFolder));
  const added = git('ls-files', '-z', '--others', '--exclude-standard').filter((file) =>
    folders.has(topFolder(file)),
  );
  // A deleted file is tracked until the deletion is committed.
  return [...tracked, ...added].filter((file) => existsSync(join(root, file))).sort();
}

/** @returns {string[] | undefined} undefined where Git, or its knowledge of this folder, is missing */
function git(...args) {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
  return status === 0 ? stdout.split('\0').filter(Boolean) : undefined;
}

function topFolder(file) {
  return file.slice(0, file.indexOf('/'));
}

function below(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.includes(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? below(path) : [path];
  });
}
