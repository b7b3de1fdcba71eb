import { commandText } from '../cli/command-text.js';
import type { CommandContext } from '../cli/context.js';
import { writeSample, type SampleFiles } from '../sample/write-sample.js';
import type { SampleOptions } from './sample.command.js';

export async function runSample(options: SampleOptions, { signal, terminal }: CommandContext): Promise<void> {
  const { bars, force = false, out, seed } = options;
  const files = await writeSample({ outDir: out, seed, bars, force, signal });
  for (const path of [files.config, files.signals, ...files.bars.map((each) => each.path)]) {
    terminal.out(`wrote ${path}\n`);
  }
  terminal.note(`next: ${commandText(backtestArgs(files))}`);
}

/** The command line that runs a sample. */
export function backtestArgs(files: SampleFiles): string[] {
  const bars = files.bars.flatMap(({ path, symbol }) => ['--bars', `${symbol}=${path}`]);
  return ['backtest', '--config', files.config, ...bars, '--signals', files.signals];
}
