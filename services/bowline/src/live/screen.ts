import { join } from 'node:path';
import type { Terminal } from '../cli/terminal.js';
import { commandText } from '../cli/command-text.js';
import { paintFor, type Paint } from '../desk-client/paint.js';
import { DATA_DIR } from '../http/address.js';
import { deskTables } from './desk-tables.js';
import type { MockRun } from './mock-run.js';
import type { RunDeskOptions } from './run-desk.js';

/** Real time between two tables. */
const EVERY_MS = 4_000;

/** Shows a desk to whoever watches it: a line while it starts, where everybody stands every few seconds, a summary. */
export class Screen {
  private readonly paint: Paint;
  private shownAt = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly options: Pick<RunDeskOptions, 'dir' | 'resume' | 'configPath' | 'speed' | 'for'>,
  ) {
    this.paint = paintFor(terminal.color);
  }

  opening(): void {
    const { configPath, dir, resume } = this.options;
    this.terminal.note(
      resume === true
        ? `Going on with the desk in ${dir} ...`
        : `Starting the desk of ${configPath}, with what it keeps in ${dir} ...`,
    );
  }

  begun({ desk, seed }: MockRun): void {
    const { speed } = this.options;
    const pace = speed === 'max' ? 'as fast as it can' : `${speed} virtual seconds to a real one`;
    this.terminal.note(`It trades: seed ${seed}, ${pace}, ${desk.url}. Ctrl-C ends it, and all is written.`);
    this.shownAt = performance.now();
  }

  /** Called again and again while it runs. */
  pace(run: MockRun): void {
    if (performance.now() - this.shownAt < EVERY_MS) return;
    this.shownAt = performance.now();
    this.terminal.out(`${this.tables(run)}\n\n`);
  }

  ending(): void {
    this.terminal.note('Ending: what is on its way is dealt with, and all of it is written ...');
  }

  /** What it came to. */
  ended(run: MockRun): void {
    this.terminal.out(`${this.tables(run)}\n${closing(this.options)}`);
  }

  private tables(run: MockRun): string {
    return deskTables(run, this.paint);
  }
}

/** The commands to go on with; what is usual need not be said. */
function closing({ configPath, dir }: Pick<RunDeskOptions, 'dir' | 'configPath'>): string {
  const where = dir === DATA_DIR ? [] : ['--dir', dir];
  const config = configPath === join(dir, 'bowline.yaml') ? [] : ['--config', configPath];
  const database = dir === DATA_DIR ? [] : ['--database', join(dir, 'desk.duckdb')];
  return `
What to try next
  ${commandText(['start', '--resume', ...where, ...config])}
    goes on where it has ended
  ${commandText(['report', ...database, '--out', 'my-report'])}
    trades, curves, report.html
  ${commandText(['status', '--watch'])}
    in another terminal while it runs; also positions, oco, orders, trades, signal send, halt, resume, close
`;
}
