import { withScratchFolder } from '../files/scratch-folder.js';
import { unpack } from '../files/unpack.js';
import { writeFileAtomically } from '../files/atomic-file.js';
import { numberedLines } from '../table/csv-lines.js';

export interface Merged {
  readonly rows: number;
  /** Open time of the first and of the last row; null without rows. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
}

/** No data lie in the range that was asked for: nothing was written. */
export class NothingToMerge extends Error {}

const ROWS_PER_PIECE = 1000;
/** Milliseconds are below this until the year 5138; the archives from 2025 on count microseconds. */
const MICROSECONDS_FROM = 1e14;

/**
 * Writes the klines of the archives, in their order, as one CSV `time,open,high,low,close,volume` with times in
 * milliseconds, only those in [fromMs, toMs). Numbers are copied digit by digit. The file is there whole or not at
 * all; throws NothingToMerge where it would have no row.
 */
export async function mergeArchives(
  zips: readonly string[],
  target: string,
  fromMs: number,
  toMs: number,
): Promise<Merged> {
  let rows = 0;
  let firstMs: number | null = null;
  let lastMs: number | null = null;
  async function* pieces(folder: string): AsyncGenerator<string> {
    yield 'time,open,high,low,close,volume\n';
    for (const zip of zips) {
      const { path } = await unpack(zip, folder);
      let piece = '';
      let pending = 0;
      for await (const { text } of numberedLines(path)) {
        const [timeText = '', open, high, low, close, volume] = text.split(',');
        const time = toMilliseconds(Number(timeText));
        // NaN in the header line.
        if (!(time >= fromMs && time < toMs)) continue;
        piece += `${time},${open},${high},${low},${close},${volume}\n`;
        rows += 1;
        firstMs ??= time;
        lastMs = time;
        if (++pending < ROWS_PER_PIECE) continue;
        yield piece;
        piece = '';
        pending = 0;
      }
      yield piece;
    }
    if (rows === 0) throw new NothingToMerge(`no rows for ${target}`);
  }
  await withScratchFolder((folder) => writeFileAtomically(target, pieces(folder)));
  return { rows, firstMs, lastMs };
}

function toMilliseconds(time: number): number {
  return time >= MICROSECONDS_FROM ? Math.floor(time / 1000) : time;
}
