import type { Command } from 'commander';
import { duration, speed, type Speed } from '../cli/durations.js';
import { pathText, seedNumber, wholeNumber } from '../cli/values.js';
import { DATA_DIR, DEFAULT_HOST, DEFAULT_PORT } from '../http/address.js';

/** What every command has that runs a desk. */
export interface DeskRunOptions {
  readonly dir: string;
  readonly config?: string;
  /** Milliseconds of real time, as the pace counts them. */
  readonly for?: number;
  readonly seed?: number;
  readonly speed: Speed;
  readonly host: string;
  readonly port: number;
  readonly resume?: boolean;
}

export function addDeskRunOptions(command: Command): Command {
  return command
    .option('--dir <dir>', 'where the desk keeps what it knows', pathText, DATA_DIR)
    .option('--for <time>', 'end after so long, as the pace counts it: 20s, 5m', duration)
    .option(
      '--speed <factor>',
      'virtual seconds that pass in a real one, or max: as fast as it can',
      speed,
      60,
    )
    .option(
      '--seed <number>',
      'of markets and strategies: the same one gives the same trades (default: 7)',
      seedNumber,
    )
    .option('--resume', 'go on where the run in --dir has ended, or was killed, instead of beginning anew')
    .option('--host <address>', 'where it listens', DEFAULT_HOST)
    .option(
      '--port <number>',
      'for HTTP: signals, commands, lists, metrics; 0 is any that is free',
      wholeNumber(0, 65_535),
      DEFAULT_PORT,
    );
}
