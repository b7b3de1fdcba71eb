import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Writes Nx's project graph to its cache. The boundary rule reads it from there, and without one it only warns and
 * lets every import pass: so the graph comes before the linter, and a graph that cannot be made is an error.
 */
export function buildProjectGraph(folder = root) {
  const nx = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const result = spawnSync(process.execPath, [nx, 'show', 'projects', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_ISOLATE_PLUGINS: 'false' },
  });
  if (result.status !== 0) {
    throw new Error(`the project graph could not be built:\n${result.stdout}${result.stderr}`);
  }
  const projects = JSON.parse(result.stdout);
  if (projects.length === 0) throw new Error('the project graph holds no project');
  return projects;
}
