import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, REPORT_TABLES } from '@bowline/contracts';

/** The files of a report, in the order in which they are put in place: who sees summary.json has a whole report. */
export const REPORT_FILES: readonly string[] = [
  ...Object.values(REPORT_TABLES).map((table) => table.file),
  'bowline.duckdb',
  'report.html',
  'summary.json',
];

/** What DuckDB leaves beside a database that was open when its process died; it must never meet the next database. */
const LEFTOVERS: readonly string[] = ['bowline.duckdb.wal'];

const STAGING = /^\.bowline-report-(\d+)$/;

/** A place to write a report's files to, until all of them are there. */
export interface Staging {
  readonly dir: string;
  /** Puts the files in place, replacing those of an earlier run. */
  publish(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Throws an InputError where a report must not be written: `outDir` is no directory, or holds what is not from an
 * earlier report.
 */
export async function checkOutDir(outDir: string): Promise<void> {
  await existing(resolve(outDir));
}

/**
 * Opens a directory to write to: a sibling of `outDir`, which takes its name in one step, or, where `outDir` is there
 * already, a directory inside it, from which the files move one by one into their places.
 *
 * @throws InputError as {@link checkOutDir}
 */
export async function openStaging(outDir: string): Promise<Staging> {
  const target = resolve(outDir);
  const found = await existing(target);
  const parent = found === null ? dirname(target) : target;
  await mkdir(parent, { recursive: true });
  const prefix = found === null ? `.${basename(target)}` : '';
  await removeStale(parent, prefix);
  const dir = join(parent, `${prefix}.bowline-report-${process.pid}`);
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  return {
    dir,
    publish: () => (found === null ? takeName(dir, target) : moveFiles(dir, target)),
    discard: () => rm(dir, { recursive: true, force: true }),
  };
}

/** The names in `target`, null where there is no such directory. */
async function existing(target: string): Promise<string[] | null> {
  const found = await stat(target).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isDirectory()) throw new InputError([`--out ${target}: is a file; name a directory`]);
  const entries = await readdir(target, { withFileTypes: true });
  const foreign = entries.filter((entry) => !isOurs(entry.name, entry.isFile())).map((entry) => entry.name);
  if (foreign.length === 0) return entries.map((entry) => entry.name);
  const names = foreign
    .sort()
    .slice(0, 3)
    .map((name) => JSON.stringify(name));
  const more = foreign.length > names.length ? ` and ${foreign.length - names.length} more` : '';
  throw new InputError([
    `--out ${target}: holds ${names.join(', ')}${more}, not from a report; name a new or empty directory, or move that away`,
  ]);
}

function isOurs(name: string, isFile: boolean): boolean {
  return isFile ? REPORT_FILES.includes(name) || LEFTOVERS.includes(name) : STAGING.test(name);
}

/** Removes what earlier runs left when they were killed; a run that is still going keeps its own. */
async function removeStale(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? STAGING.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    // Signal 0 asks whether the process is there, and sends nothing.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Gives the directory its name. Where another run was there first, it is replaced as any earlier report is. */
async function takeName(dir: string, target: string): Promise<void> {
  try {
    await rename(dir, target);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // What took the name may be no report at all.
    await existing(target);
    await moveFiles(dir, target);
  }
}

/**
 * The old summary goes first and the new one comes last: a run that dies in between leaves a directory without a
 * summary, never one that mixes two runs and looks whole.
 */
async function moveFiles(from: string, to: string): Promise<void> {
  for (const name of ['summary.json', ...LEFTOVERS]) await rm(join(to, name), { force: true });
  for (const name of REPORT_FILES) await rename(join(from, name), join(to, name));
  await rmdir(from);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
