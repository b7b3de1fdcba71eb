import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Truth } from '@bowline/exchange-simulator-service';
import { ended, startBowline, type BowlineRun } from '@bowline/testkit';

const KEYS = { SPEC_KEY: 'key-of-ikenna', SPEC_SECRET: 'secret-of-ikenna' };

/** A process that logs, what it has said so far, and its end. */
class Logged {
  said = '';
  readonly ended: Promise<BowlineRun>;
  private waiting: (() => void)[] = [];

  constructor(readonly child: ChildProcessWithoutNullStreams) {
    this.ended = ended(child);
    child.stderr.on('data', (text: string) => {
      this.said += text;
      for (const tell of this.waiting.splice(0)) tell();
    });
  }

  /** The first group of the pattern, once it has been said. Rejects where the process ends before. */
  async hears(pattern: RegExp): Promise<string> {
    for (;;) {
      const [, found] = pattern.exec(this.said) ?? [];
      if (found !== undefined) return found;
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

  async stop(): Promise<BowlineRun> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

/** Simulated exchanges that speak Binance's own language, and desks that trade there as they would at the real ones. */
export class DialectDesk {
  private desk: Logged | null = null;

  private constructor(
    private readonly simulator: Logged,
    /** Of the admin API. */
    readonly exchanges: string,
    /** Where Binance USD-M speaks. */
    readonly dialect: string,
  ) {}

  private static readonly running = new Set<DialectDesk>();

  /** Ends those that a failed test has left running. */
  static async killAll(): Promise<void> {
    for (const { desk, simulator } of DialectDesk.running) {
      for (const each of [desk, simulator]) each?.child.kill('SIGKILL');
      await simulator.ended;
    }
    DialectDesk.running.clear();
  }

  /** @param args beside the configuration and the ports, such as `--hold` */
  static async open(configPath: string, dir: string, args: readonly string[]): Promise<DialectDesk> {
    const simulator = new Logged(
      startBowline(
        [
          ...['exchange-simulator', '--config', configPath, '--dir', dir, '--port', '0'],
          ...['--dialect', 'binance-usdm=0', ...args],
        ],
        { env: KEYS },
      ),
    );
    const dialect = await simulator.hears(/"url":"([^"]+)"[^\n]*speaks its own language/);
    const exchanges = await simulator.hears(/"url":"([^"]+)"[^\n]*the exchange simulator is up/);
    const opened = new DialectDesk(simulator, exchanges, dialect);
    DialectDesk.running.add(opened);
    return opened;
  }

  /** What a configuration has to say to reach it, as exchanges of the type. */
  dependencies(type: 'live' | 'paper_trading'): string {
    const stream = this.dialect.replace('http', 'ws');
    return `dependencies: { exchanges: { type: ${type}, connections: { binance-usdm: { rest: '${this.dialect}', stream: '${stream}' } } } }\n`;
  }

  /** Starts a desk, and resolves with its address once it is up. */
  async trade(configPath: string, dir: string): Promise<string> {
    const args = ['run', '--config', configPath, '--dir', dir, '--port', '0'];
    this.desk = new Logged(startBowline(args, { env: KEYS }));
    return this.desk.hears(/"url":"([^"]+)"[^\n]*"msg":"up"/);
  }

  stopTrading(): Promise<BowlineRun> {
    return this.desk!.stop();
  }

  /** As the death of the process would. */
  async killDesk(): Promise<void> {
    this.desk!.child.kill('SIGKILL');
    await this.desk!.ended;
  }

  async truth(): Promise<Truth['exchanges'][string]> {
    const answer = await fetch(`${this.exchanges}/truth?settled=true`);
    return ((await answer.json()) as Truth).exchanges['binance-usdm']!;
  }

  async fault(order: Readonly<Record<string, unknown>>): Promise<void> {
    const { status } = await fetch(`${this.exchanges}/faults`, {
      method: 'POST',
      body: JSON.stringify(order),
    });
    if (status !== 200) throw new Error(`the fault is refused: ${status}`);
  }

  /** @param price decimal text */
  async moveTo(price: string): Promise<void> {
    const body = JSON.stringify({ exchange: 'binance-usdm', symbol: 'BTCUSDT', price });
    const { status } = await fetch(`${this.exchanges}/market`, { method: 'POST', body });
    if (status !== 200) throw new Error(`the market does not move: ${status}`);
  }

  async close(): Promise<void> {
    await this.simulator.stop();
    DialectDesk.running.delete(this);
  }
}

/** Runs the program to its end, with the keys of the account. */
export function withKeys(args: readonly string[]): Promise<BowlineRun> {
  return ended(startBowline(args, { env: KEYS }));
}

/** Asks again until it is so. */
export async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await sleep(100);
  }
}

export async function get<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(`${url}${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}
