import { isAlive } from '../cli/machine.js';
import { UsageError } from '../cli/exit.js';
import { DATA_DIR, DEFAULT_HOST, DEFAULT_PORT, UP_DIR } from '../http/address.js';
import { deskFilePath, readDeskFile } from './desk-file.js';

/** Where a desk should be, and who says so. */
export interface DeskAddress {
  readonly url: string;
  readonly source: string;
}

const DEFAULT_URL = `http://${DEFAULT_HOST}:${DEFAULT_PORT}`;

/** `--url`, else BOWLINE_URL, else what a desk that was started here has written, else the default. */
export async function deskAddress(
  url: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  purpose: 'desk' | 'signals' = 'desk',
): Promise<DeskAddress> {
  if (url !== undefined) return { url: checked(url, '--url'), source: 'from --url' };
  const { BOWLINE_URL: fromEnv = '' } = env;
  if (fromEnv !== '') return { url: checked(fromEnv, 'BOWLINE_URL'), source: 'from BOWLINE_URL' };
  // A desk that was killed has left its file behind: the other one may live.
  for (const mustLive of [true, false]) {
    for (const folder of [DATA_DIR, UP_DIR]) {
      const desk = await readDeskFile(folder);
      if (desk === null || (mustLive && !isAlive(desk.pid))) continue;
      const path = deskFilePath(folder);
      const found = purpose === 'signals' ? (desk.signals ?? desk.url) : desk.url;
      return { url: checked(found, path), source: `from ${path}, which process ${desk.pid} wrote` };
    }
  }
  return { url: DEFAULT_URL, source: 'the default' };
}

function checked(url: string, where: string): string {
  if (/^https?:\/\/[^/?#\s]+\/?$/.test(url) && URL.canParse(url)) return url.replace(/\/$/, '');
  throw new UsageError(
    `${where} ${JSON.stringify(url)}: write http:// or https://, host and port, such as ${DEFAULT_URL}`,
  );
}
