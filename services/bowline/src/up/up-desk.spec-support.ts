import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Truth } from '@bowline/exchange-simulator-service';
import { ended, startBowline, type BowlineRun } from '@bowline/testkit';

/** A desk of many processes, as `bowline up` runs it. */
export class UpDesk {
  /** Everything that was said, and by whom. */
  said = '';
  readonly ended: Promise<BowlineRun>;
  private static readonly running = new Set<UpDesk>();
  private readonly pids = new Map<string, number>();
  private waiting: (() => void)[] = [];

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly port: number,
  ) {
    this.ended = ended(child);
    UpDesk.running.add(this);
    void this.ended.then(() => UpDesk.running.delete(this));
    let rest = '';
    child.stderr.on('data', (text: string) => {
      this.said += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) this.read(line);
      for (const tell of this.waiting.splice(0)) tell();
    });
  }

  /** Those that a failed test has left running. */
  static async killAll(): Promise<void> {
    for (const desk of UpDesk.running) {
      for (const pid of desk.pids.values()) process.kill(pid, 'SIGKILL');
      desk.child.kill('SIGKILL');
      await desk.ended;
    }
  }

  /** Starts one, and resolves once all of its processes are up. */
  static async start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<UpDesk> {
    // Below those that the system gives to whoever dials: a process that starts again needs its own.
    const port = 12_000 + Math.floor(Math.random() * 18_000);
    const child = startBowline(['up', '--port', String(port), ...args], { env });
    const desk = new UpDesk(child, port);
    await desk.until(() => /^up: /m.test(desk.said));
    return desk;
  }

  /** For lists and commands. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** For signals. */
  get signals(): string {
    return `http://127.0.0.1:${this.port + 1}`;
  }

  get exchanges(): string {
    return /exchanges at (\S+)/.exec(this.said)![1]!;
  }

  /** The processes of the roles that run now. */
  get roles(): string[] {
    return [...this.pids.keys()].filter((name) => !['exchange-simulator', 'redis-server'].includes(name));
  }

  /** How many processes run now. */
  get count(): number {
    return this.pids.size;
  }

  /** False where it is not running. */
  kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): boolean {
    const pid = this.pids.get(name);
    if (pid === undefined) return false;
    try {
      return process.kill(pid, signal);
    } catch {
      // It has ended by itself meanwhile.
      return false;
    }
  }

  /** As the machine would, short of memory. */
  killSupervisor(): void {
    this.child.kill('SIGKILL');
  }

  pidOf(name: string): number {
    return this.pids.get(name)!;
  }

  /** Resolves once every process that was started has said so. */
  async allUp(count: number): Promise<void> {
    await this.until(() => this.pids.size === count);
  }

  async truth(): Promise<Truth> {
    return (await (await fetch(`${this.exchanges}/truth?settled=true`)).json()) as Truth;
  }

  async moveTo(exchange: string, symbol: string, price: string): Promise<void> {
    const body = JSON.stringify({ exchange, symbol, price });
    const { status } = await fetch(`${this.exchanges}/market`, { method: 'POST', body });
    if (status !== 200) throw new Error(`the market does not move: ${status}`);
  }

  async stop(): Promise<BowlineRun> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  /** Resolves once it is so; looked at after every line. Rejects where the whole desk has ended. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.waiting.push(resolve);
        }),
        this.ended.then(({ stderr }) => {
          throw new Error(`it has ended: ${stderr}`);
        }),
      ]);
    }
  }

  private read(line: string): void {
    const [, name, text] = /^(\S+) +\| (.*)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) return;
    const started = /^started as process (\d+)$/.exec(text);
    if (started !== null) this.pids.set(name, Number(started[1]));
    else if (text.startsWith('ended (')) this.pids.delete(name);
  }
}

/** Asks until the answers stay the same for so long. */
export async function settled<T>(ask: () => Promise<T>, forMs: number): Promise<T> {
  let last = await ask();
  let text = JSON.stringify(last);
  for (let since = performance.now(); performance.now() - since < forMs;) {
    await sleep(100);
    last = await ask();
    const now = JSON.stringify(last);
    if (now === text) continue;
    text = now;
    since = performance.now();
  }
  return last;
}
