import { SUPERVISED } from '../cli/interrupt.js';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A program that is to run, and is started again whenever it ends by itself. */
export interface SupervisedProcess {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Stopped together, the lowest first; the next ones once those have ended. */
  readonly stopsWith: number;
}

export interface SupervisorEvents {
  /** A line that a process wrote. */
  line(name: string, text: string): void;
  started(name: string, pid: number): void;
  /** @param restartInMs null: it is not started again */
  ended(name: string, how: string, restartInMs: number | null): void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Who has lived so long has started well: the next pause is the first again. */
const STEADY_MS = 3_000;
/** After SIGTERM; then it is killed, which it survives as it survives any crash. */
const STOP_WITHIN_MS = 20_000;

/** Keeps processes running: who ends is started again after a pause that grows, until all of them are stopped in order. */
export class Supervisor {
  private readonly keepers: Keeper[];

  constructor(processes: readonly SupervisedProcess[], events: SupervisorEvents) {
    this.keepers = processes.map((process) => new Keeper(process, events));
  }

  start(): void {
    for (const keeper of this.keepers) keeper.start();
  }

  /** The process id of each that runs now. */
  pids(): ReadonlyMap<string, number> {
    return new Map(
      this.keepers.flatMap(({ name, pid }): [string, number][] => (pid === null ? [] : [[name, pid]])),
    );
  }

  /** How often each was started. */
  starts(): ReadonlyMap<string, number> {
    return new Map(this.keepers.map(({ name, starts }) => [name, starts]));
  }

  /** Asks them to end, one group after the other, and resolves once all have. */
  async stop(): Promise<void> {
    const groups = [...new Set(this.keepers.map(({ stopsWith }) => stopsWith))].sort((a, b) => a - b);
    for (const group of groups) {
      const members = this.keepers.filter(({ stopsWith }) => stopsWith === group);
      await Promise.all(members.map((keeper) => keeper.stop()));
    }
  }
}

/** One process, as often as it has to be started. */
class Keeper {
  starts = 0;
  private child: ChildProcess | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private again: NodeJS.Timeout | null = null;
  private isStopping = false;
  private onEnded: () => void = () => undefined;

  constructor(
    private readonly process: SupervisedProcess,
    private readonly events: SupervisorEvents,
  ) {}

  get name(): string {
    return this.process.name;
  }

  get stopsWith(): number {
    return this.process.stopsWith;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  start(): void {
    const { args, command, env, name } = this.process;
    const startedAt = performance.now();
    // Ctrl-C on the terminal is for the supervisor, which stops them in order: each has a group of its own.
    const child = spawn(command, args, {
      env: { ...process.env, ...env, [SUPERVISED]: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    this.starts += 1;
    for (const stream of [child.stdout, child.stderr]) this.read(stream);
    child.on('spawn', () => this.events.started(name, child.pid!));
    let isOver = false;
    const over = (how: string): void => {
      if (isOver) return;
      isOver = true;
      this.child = null;
      this.onOver(how, performance.now() - startedAt);
    };
    child.on('error', (error) => over(error.message));
    child.on('close', (code, signal) => over(signal === null ? `exit code ${code}` : signal));
  }

  stop(): Promise<void> {
    this.isStopping = true;
    if (this.again !== null) clearTimeout(this.again);
    const { child } = this;
    if (child === null) return Promise.resolve();
    return new Promise((resolve) => {
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      this.onEnded = () => {
        clearTimeout(late);
        resolve();
      };
      child.kill('SIGTERM');
    });
  }

  private onOver(how: string, livedMs: number): void {
    if (this.isStopping) {
      this.events.ended(this.name, how, null);
      return this.onEnded();
    }
    if (livedMs >= STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
    this.events.ended(this.name, how, this.pauseMs);
    this.again = setTimeout(() => this.start(), this.pauseMs);
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
  }

  private read(stream: Readable): void {
    createInterface({ input: stream }).on('line', (text) => this.events.line(this.name, text));
  }
}
