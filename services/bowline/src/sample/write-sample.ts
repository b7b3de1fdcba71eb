import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { InputError, withPath, withPathIn } from '@bowline/contracts';
import { writeBarsCsv, writeSignalsCsv } from '@bowline/marketdata';
import { writeWhole } from '../cli/write-file.js';
import { SAMPLE_CONFIG } from './sample-config.js';
import { SAMPLE_SYMBOLS, sampleData } from './sample-desk.js';

export interface SampleRequest {
  readonly outDir: string;
  readonly seed: number;
  readonly bars: number;
  /** Replaces files of an earlier sample. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

/** Where the files of a sample lie. */
export interface SampleFiles {
  readonly config: string;
  readonly signals: string;
  readonly bars: readonly { readonly symbol: string; readonly path: string }[];
}

export function sampleFiles(outDir: string): SampleFiles {
  return {
    config: join(outDir, 'config.yaml'),
    signals: join(outDir, 'signals.csv'),
    bars: SAMPLE_SYMBOLS.map(({ symbol }) => ({ symbol, path: join(outDir, `${symbol}-1m.csv.gz`) })),
  };
}

/**
 * Writes the sample desk: all its files appear together, and nothing else in the directory is touched.
 *
 * @throws InputError where the directory holds files and `force` is not set
 */
export async function writeSample(request: SampleRequest): Promise<SampleFiles> {
  const target = resolve(request.outDir);
  await checkTarget(request);
  const staging = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  await mkdir(staging, { recursive: true });
  try {
    await writeFiles(staging, request);
    await mkdir(target, { recursive: true });
    for (const name of await readdir(staging)) await rename(join(staging, name), join(target, name));
    await rmdir(staging);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw withPathIn(error, staging, request.outDir);
  }
  return sampleFiles(request.outDir);
}

/** The configuration goes last by name and by design: a directory that has one is whole. */
async function writeFiles(staging: string, { bars: count, seed, signal }: SampleRequest): Promise<void> {
  const files = sampleFiles(staging);
  const { bars, signals } = sampleData(seed, count);
  for (const { path, symbol } of files.bars) {
    signal.throwIfAborted();
    const columns = bars.get(symbol);
    if (!columns) throw new Error(`no candles were made for ${symbol}`);
    const plain = join(staging, `${symbol}.csv`);
    await writeBarsCsv(plain, columns);
    await pack(plain, path);
  }
  await writeSignalsCsv(files.signals, signals);
  await writeWhole(files.config, SAMPLE_CONFIG);
  signal.throwIfAborted();
}

/** Replaces a file by one that is packed. */
async function pack(plain: string, packed: string): Promise<void> {
  try {
    await pipeline(createReadStream(plain), createGzip(), createWriteStream(packed));
  } catch (error) {
    throw withPath(error, packed);
  }
  await rm(plain);
}

async function checkTarget({ force, outDir }: SampleRequest): Promise<void> {
  const found = await stat(outDir).catch(() => null);
  if (!found) return;
  if (!found.isDirectory()) throw new InputError([`--out ${outDir}: is a file; name a directory`]);
  if (force) return;
  const names = await readdir(outDir);
  if (names.length === 0) return;
  throw new InputError([
    `--out ${outDir}: is not empty; name another directory, or replace the sample in it with --force`,
  ]);
}
