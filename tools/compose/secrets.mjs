/**
 * `node tools/compose/secrets.mjs [FOLDER]`: makes up the secrets that compose.yaml speaks of (default: where it looks
 * for them). One that is there stays as it is. Plain Node: nothing has to be installed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = 'bowline-data/secrets';
const BYTES = 32;

const folder = process.argv[2] ?? join(root, FOLDER);
const compose = readFileSync(join(root, 'compose.yaml'), 'utf8');
const names = [...compose.matchAll(new RegExp(`file: \\./${FOLDER}/([\\w-]+)`, 'g'))].map(([, name]) => name);

// The folder is closed to others. A container gets its files as they are, and reads them as a user of its own.
mkdirSync(folder, { recursive: true, mode: 0o700 });
const missing = names.filter((name) => !existsSync(join(folder, name)));
for (const name of missing) writeFileSync(join(folder, name), `${secretOf(name)}\n`, { mode: 0o444 });
console.error(`secrets: made ${missing.length} of ${names.length} in ${folder}`);

/** Senders of signals sign as Standard Webhooks have it. */
function secretOf(name) {
  return name === 'signals'
    ? `whsec_${randomBytes(BYTES).toString('base64')}`
    : randomBytes(BYTES).toString('hex');
}
