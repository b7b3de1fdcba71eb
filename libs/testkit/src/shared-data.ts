import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root: this file lies in libs/testkit/src, or, when built, in libs/testkit/dist. */
const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/**
 * Where real market data for tests lies: `BOWLINE_DATA` when set, else `../shared/data` beside the repository. It is
 * not part of the project, so that a test which reads it declares its suite with {@link whenPresent}.
 *
 * @param relative path below that folder, such as `candles` or `candles/binance-spot-BTCUSDT-1m.json.gz`
 * @returns the absolute path, null when there is no such file or folder
 */
export function sharedData(relative: string): string | null {
  const root = process.env['BOWLINE_DATA'] ?? join(repositoryRoot, '..', 'shared', 'data');
  const path = resolve(root, relative);
  return existsSync(path) ? path : null;
}
