import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import { jsonOrNull } from '../cli/json-or-null.js';
import { writeWhole } from '../cli/write-file.js';

/** Where a desk keeps what outlives its process. */
export interface StateFolder {
  readonly folder: string;
  readonly journal: string;
  /** What the mock exchanges know: outside of the desk, as a real exchange would be. */
  readonly exchange: string;
  readonly database: string;
  /** How far the files of signals were read. */
  readonly ingest: string;
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
    ingest: join(folder, 'ingest'),
  };
}

/** Throws an InputError where there is something else. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new InputError([`${folder} is no directory; choose another one with --dir`]);
  }
}

/**
 * Throws away what an earlier run has left, and nothing else, and notes the terms of this one: the first to go and the
 * last to come, so that half of it is never taken for a run.
 */
export async function beginRun(
  { database, exchange, folder, ingest, journal }: StateFolder,
  terms: RunTerms,
): Promise<void> {
  const parts = [
    termsPath(folder),
    clockPath(folder),
    journal,
    exchange,
    ingest,
    database,
    `${database}.wal`,
  ];
  for (const part of parts) {
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
  const { seed, startTime } = (parsed(text) ?? {}) as Partial<RunTerms>;
  if (typeof seed === 'number' && typeof startTime === 'number') return { seed, startTime };
  throw new InputError([
    `${path} is damaged: restore it from a copy, or start without --resume, which begins anew`,
  ]);
}

/** How far the virtual clock has come. */
export interface ClockNote {
  readonly time: TimeMs;
  /** The run was ended there: all that happened up to then, and nothing later, is in the journals. */
  readonly ended: boolean;
}

/** While it runs the note may be behind: what is played again then is the same, and known. */
export function noteClock(folder: string, note: ClockNote): void {
  const path = clockPath(folder);
  writeFileSync(`${path}.new`, JSON.stringify(note));
  renameSync(`${path}.new`, path);
}

/** Null where nothing was noted yet, or what was cannot be read: the exchanges know how far it has come, nearly. */
export function readClock(folder: string): ClockNote | null {
  let text: string;
  try {
    text = readFileSync(clockPath(folder), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const note = parsed(text) as Partial<ClockNote> | null;
  if (typeof note?.time !== 'number' || typeof note.ended !== 'boolean') return null;
  return { time: note.time, ended: note.ended };
}

function clockPath(folder: string): string {
  return join(folder, 'clock');
}

function termsPath(folder: string): string {
  return join(folder, 'run.json');
}

function parsed(text: string): object | null {
  const value = jsonOrNull(text);
  return typeof value === 'object' ? value : null;
}
