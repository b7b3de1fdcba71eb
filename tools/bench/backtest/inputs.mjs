/** The files of the backtest bench, made once and kept in the system's folder for temporary files. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIRST_OPEN_MS, MINUTE_MS, writeBarsParquet } from '../bars-parquet.mjs';
import { deskYaml, instrument, turningStrategies } from '../historical/scene.mjs';

/** To be raised with every change to what the files hold: others may lie there from an earlier version. */
const VERSION = 1;
const LEG_PERCENT = 1;
const STRATEGIES = 10;

/** @returns {Promise<{ bars: string, config: string, signals: string }>} paths */
export async function backtestInputs({ length, trades }) {
  const folder = join(tmpdir(), `bowline-bench-${VERSION}-${length}-${trades}`);
  if (!existsSync(folder)) {
    const unfinished = `${folder}.${process.pid}`;
    await mkdir(unfinished);
    try {
      await write(pathsIn(unfinished), length, trades);
      await rename(unfinished, folder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
  }
  return pathsIn(folder);
}

function pathsIn(folder) {
  return {
    bars: join(folder, 'bars.parquet'),
    config: join(folder, 'desk.yaml'),
    signals: join(folder, 'signals.csv'),
  };
}

async function write({ bars, config, signals }, length, trades) {
  // Every signal makes one trade.
  const turns = turningStrategies({ every: (length * STRATEGIES) / trades, length, strategies: STRATEGIES });
  await writeBarsParquet(bars, length);
  await writeFile(config, `${deskYaml(turns, LEG_PERCENT)}${instrumentsYaml()}`);
  await writeFile(signals, signalsCsv(turns));
}

function instrumentsYaml() {
  const { lotSize, minNotional, symbol, tickSize } = instrument;
  return `instruments: { ${symbol}: { tickSize: ${tickSize}, lotSize: ${lotSize}, minNotional: ${minNotional} } }\n`;
}

function signalsCsv(turns) {
  const rows = turns
    .flatMap(({ rows: bars, signals, strategyId }) =>
      Array.from(bars, (bar, turn) => ({ bar, line: `${strategyId},${instrument.symbol},${signals[turn]}` })),
    )
    .sort((a, b) => a.bar - b.bar)
    .map(({ bar, line }) => `${FIRST_OPEN_MS + bar * MINUTE_MS},${line}`);
  return `time,strategyId,symbol,signal\n${rows.join('\n')}\n`;
}
