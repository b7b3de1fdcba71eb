import type { Command } from 'commander';
import { wholeNumber } from '../cli/values.js';

/** What every command to a running desk has. */
export interface DeskOptions {
  readonly url?: string;
  readonly json?: boolean;
}

/** What of a desk is meant. */
export interface ScopeOptions {
  readonly client?: string;
  readonly exchange?: string;
  readonly symbol?: string;
  readonly strategy?: string;
}

/** What is shown again and again. */
export interface WatchOptions {
  /** Seconds; true: as many as is usual. */
  readonly watch?: number | true;
}

const LONGEST_PAUSE_S = 3600;
const WAIT_S = 15;

export function addDeskOptions(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'where the desk is (default: BOWLINE_URL, else bowline-data/desk.json, else http://127.0.0.1:8420); one that has a token wants it in BOWLINE_TOKEN',
    )
    .option('--json', 'print what the desk answers as JSON on stdout, and nothing else there');
}

export function addScopeOptions(command: Command): Command {
  return command
    .option('--client <id>', "only this client's")
    .option('--exchange <id>', 'only at this exchange')
    .option('--symbol <symbol>', 'only in this symbol')
    .option('--strategy <id>', "only this strategy's");
}

/** How long a command waits for what it has asked for. */
export function addWaitOption(command: Command): Command {
  return command.option(
    '--wait <seconds>',
    'how long to wait for it',
    wholeNumber(1, LONGEST_PAUSE_S),
    WAIT_S,
  );
}

export function addWatchOption(command: Command): Command {
  return command.option(
    '--watch [seconds]',
    'show it again every so many seconds (2), until Ctrl-C',
    wholeNumber(1, LONGEST_PAUSE_S),
  );
}
