import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../cli/write-file.js';
import { MOCK_CONFIG } from './mock-config.js';
import { makeFolder } from './state-folder.js';

/** The configuration beside a desk's data: made once, and the user's from then on. */
export async function ownConfig(dir: string): Promise<string> {
  const path = join(dir, 'bowline.yaml');
  if (existsSync(path)) return path;
  await makeFolder(dir);
  await writeWhole(path, MOCK_CONFIG);
  return path;
}
