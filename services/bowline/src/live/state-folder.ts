import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import { writeWhole } from '../cli/write-file.js';

/** Where a desk keeps what outlives its process. */
export interface StateFolder {
  readonly folder: string;
  readonly journal: string;
  /** What the mock exchanges know: outside of the desk, as a real exchange would be. */
  readonly exchange: string;
  readonly database: string;
}

/** What a run was begun with; another run may go on with it only on the same terms. */
export interface RunTerms {
  readonly seed: number;
  /** Where the virtual clock began. */
  readonly startTime: TimeMs;
}

export function stateFolder(folder: string): StateFolder {
  return {
    folder,
    journal: join(folder, 'journal'),
    exchange: join(folder, 'exchange'),
    database: join(folder, 'desk.duckdb'),
  };
}

/** Throws away what an earlier run has left, and nothing else, and notes the terms of this one. */
export async function beginRun({ database, exchange, folder, journal }: StateFolder, terms: RunTerms): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const part of [journal, exchange, database, `${database}.wal`, termsPath(folder), clockPath(folder)]) {
    await rm(part, { recursive: true, force: true });
  }
  await mkdir(exchange, { recursive: true });
  await writeWhole(termsPath(folder), `${JSON.stringify(terms)}\n`);
}

/** The terms of the run that is in the folder. Throws an InputError where there is none. */
export async function readRun(folder: string): Promise<RunTerms> {
  const path = termsPath(folder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new InputError([`${folder}: there is no run to resume; start one without --resume`]);
  }
  const terms = parse(text);
  if (terms !== null) return terms;
  throw new InputError([`${path} is damaged: restore it from a copy, or start without --resume, which begins anew`]);
}

/**
 * Notes how far the virtual clock has come. It may be behind by what has happened since: what is played again then is
 * the same, and known.
 */
export function noteClock(folder: string, time: TimeMs): void {
  const path = clockPath(folder);
  writeFileSync(`${path}.new`, String(time));
  renameSync(`${path}.new`, path);
}

/** How far the clock had come when it was last noted; null where it never was. */
export function readClock(folder: string): TimeMs | null {
  try {
    const time = Number(readFileSync(clockPath(folder), 'utf8'));
    return Number.isSafeInteger(time) ? time : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function clockPath(folder: string): string {
  return join(folder, 'clock');
}

function termsPath(folder: string): string {
  return join(folder, 'run.json');
}

function parse(text: string): RunTerms | null {
  try {
    const { seed, startTime } = JSON.parse(text) as Partial<RunTerms>;
    return typeof seed === 'number' && typeof startTime === 'number' ? { seed, startTime } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
