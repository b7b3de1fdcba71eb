import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import { jsonOrNull } from '../cli/json-or-null.js';
import { textOrNull } from '../cli/text-or-null.js';
import { writeWhole } from '../cli/write-file.js';

/** What a running desk leaves beside its data, so that commands find it. */
export interface DeskFile {
  readonly url: string;
  /** Where it takes signals, where that is another process; absent: there too. */
  readonly signals?: string;
  readonly pid: number;
}

export function deskFilePath(dataDir: string): string {
  return join(dataDir, 'desk.json');
}

/** Called once the desk listens. */
export async function writeDeskFile(dataDir: string, desk: DeskFile): Promise<void> {
  await writeWhole(deskFilePath(dataDir), `${JSON.stringify(desk)}\n`);
}

/** Called when the desk ends, however it does; a file of another desk stays. */
export async function removeDeskFile(dataDir: string, pid: number): Promise<void> {
  const found = await readDeskFile(dataDir);
  if (found?.pid === pid) await rm(deskFilePath(dataDir), { force: true });
}

/** Null where there is none. A desk that was killed has left its file behind. */
export async function readDeskFile(dataDir: string): Promise<DeskFile | null> {
  const path = deskFilePath(dataDir);
  const text = await textOrNull(path);
  if (text === null) return null;
  const desk = parsed(text);
  if (desk === null) throw new InputError([`${path} is not what a desk writes; remove it, or give --url`]);
  return desk;
}

function parsed(text: string): DeskFile | null {
  const value = jsonOrNull(text);
  if (typeof value !== 'object' || value === null || !('url' in value) || !('pid' in value)) return null;
  const { pid, url } = value;
  if (typeof url !== 'string' || typeof pid !== 'number') return null;
  return 'signals' in value && typeof value.signals === 'string'
    ? { url, pid, signals: value.signals }
    : { url, pid };
}
