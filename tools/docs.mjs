/**
 * Writes the pages of docs/reference that are made from the code: `node tools/docs.mjs`, after `npm run build`.
 *
 * --check   writes nothing, and fails where a page is not what the code says
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');

const { referencePages } = await built('libs/contracts');
const { filesReference } = await built('libs/report');
const { cliReference } = await built('services/bowline');
const pages = [
  ...referencePages(),
  { path: 'docs/reference/files.md', text: filesReference() },
  { path: 'docs/reference/cli.md', text: cliReference() },
];

let stale = 0;
for (const { path, text } of pages) {
  if (contentOf(path) === text) continue;
  stale += 1;
  if (check) {
    process.stderr.write(`docs: ${path} is not what the code says; run node tools/docs.mjs\n`);
    continue;
  }
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`docs: wrote ${path}\n`);
}
if (check && stale > 0) process.exitCode = 1;
if (stale === 0) process.stdout.write('docs: every page is current\n');

/** What a library exports. */
function built(library) {
  return import(join(root, library, 'dist/index.js')).catch((error) => {
    process.stderr.write(`docs: ${library} is not built (npm run build): ${error.message}\n`);
    process.exit(1);
  });
}

/** What stands there, or null where there is nothing. */
function contentOf(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}
