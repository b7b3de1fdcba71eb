import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { draw } from '@bowline/exchange-simulator';
import { command, SignalSender, status, type SentSignal } from './killed-desk.spec-support.js';
import {
  doubled,
  entriesOf,
  isOneOutcome,
  KilledDeskLaws,
  Outcomes,
  pass,
  resumeHere,
  withCopy,
} from './killed-desk-laws.spec-support.js';
import { MOCK_CONFIG } from './mock-config.js';
import { startDesk, type StartedDesk } from './started-desk.spec-support.js';

const CONFIG = parseConfig(MOCK_CONFIG, 'bowline.yaml');
const STRATEGIES = ['mine-a', 'mine-b', 'trend-fast'];
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
/** By then everything that a crash has left behind is in order again. */
const SETTLED_MS = 20_000;
const HALTED = 'odum';
/** A start is over by then, more often than not. */
const LONGEST_START_MS = 1_200;
const LONGEST_TRADING_MS = 4_000;

/** How a desk is killed. */
export type Kill = 'while it starts' | 'while it trades' | 'while it stops';

/**
 * Kills a desk again and again, and lets it go on; after each kill a copy of what it has left is taken up in this
 * process and looked at.
 */
export class KillTest {
  private readonly laws = new KilledDeskLaws(CONFIG);
  private readonly outcomes = new Outcomes();
  private readonly sender = new SignalSender(() => this.nextSignal());
  private draws = 0;
  private sent = 0;
  /** Entries of the halted client that its exchanges have seen; null: it is not halted. */
  private entriesOfHalted: number | null = null;

  constructor(
    private readonly dir: string,
    private readonly seed: number,
  ) {}

  /** The first start, which is left in peace until it trades. */
  async begin(): Promise<void> {
    await this.trade(this.start(false), 500);
    await this.look();
  }

  /** One more start, and its death. */
  async kill(how: Kill): Promise<void> {
    const desk = this.start(true);
    switch (how) {
      case 'while it starts':
        await sleep(this.draw() * LONGEST_START_MS);
        await this.dead(desk);
        break;
      case 'while it trades':
        await this.trade(desk, this.draw() ** 2 * LONGEST_TRADING_MS);
        break;
      case 'while it stops':
        await desk.url;
        await sleep(this.draw() * 200);
        desk.signal('SIGTERM');
        await sleep(this.draw() * 100);
        await this.dead(desk);
    }
    await this.look();
  }

  async halt(): Promise<void> {
    await this.order({ type: 'trading_state', state: 'HALTED', client: HALTED });
    this.entriesOfHalted = await entriesOf(this.dir, HALTED);
  }

  async resume(): Promise<void> {
    this.entriesOfHalted = null;
    await this.order({ type: 'trading_state', state: 'ACTIVE', client: HALTED });
  }

  /** Goes on here, closes everything, and looks at what is left. */
  async end(): Promise<void> {
    await withCopy(this.dir, (copy) => this.outcomes.read(copy));
    const run = await resumeHere(this.dir, CONFIG, true);
    const url = run.desk.url!;
    await pass(run, SETTLED_MS);
    await command(url, { type: 'trading_state', state: 'HALTED', all: true });
    for (let round = 0; round < 5 && this.laws.remains(run).length > 0; round += 1) {
      await command(url, { type: 'close', all: true });
      await pass(run, 90_000);
    }
    const left = [...this.laws.remains(run), ...this.laws.misbooked(run)];
    await run.close();
    expect(left).toEqual([]);
    expect(await doubled(this.dir)).toEqual([]);
    expect(this.unanswered()).toEqual([]);
  }

  /** Signals that were answered for. */
  get answered(): number {
    return this.sender.answered.size;
  }

  private start(resume: boolean): StartedDesk {
    const args = ['start', '--dir', this.dir, '--speed', 'max', '--port', '0'];
    return startDesk(resume ? [...args, '--resume'] : args);
  }

  private async trade(desk: StartedDesk, forMs: number): Promise<void> {
    const url = await desk.url;
    const halts = (await status(url)).halts!.map(({ client }) => client);
    expect(halts).toEqual(this.entriesOfHalted === null ? [] : [HALTED]);
    const sending = this.sender.sendTo(url);
    await sleep(forMs);
    await this.dead(desk);
    await sending;
  }

  private async dead(desk: StartedDesk): Promise<void> {
    desk.signal('SIGKILL');
    const { stderr } = await desk.ended;
    expect(stderr.split('\n').filter((line) => /"level":"error"|^error:/.test(line))).toEqual([]);
  }

  /** A command to a desk that is started for it, and killed once it has answered. */
  private async order(body: Readonly<Record<string, unknown>>): Promise<void> {
    const desk = this.start(true);
    expect(await command(await desk.url, body)).toBe(true);
    await this.dead(desk);
    await this.look();
  }

  private async look(): Promise<void> {
    await withCopy(this.dir, (copy) => this.outcomes.read(copy));
    const found = await withCopy(this.dir, async (copy) => {
      const run = await resumeHere(copy, CONFIG, false);
      let faults = ['has not begun'];
      for (let passed = 0; faults.length > 0 && passed < SETTLED_MS; passed += 1_000) {
        await pass(run, 1_000);
        faults = this.laws.faults(run);
      }
      await run.close();
      return faults;
    });
    expect(found).toEqual([]);
    if (this.entriesOfHalted !== null) expect(await entriesOf(this.dir, HALTED)).toBe(this.entriesOfHalted);
  }

  /** Signals that were answered for and have not been decided, once in each channel that they are about. */
  private unanswered(): string[] {
    return [...this.sender.answered.values()].flatMap(({ clients, sent }) =>
      clients.flatMap((clientId) => {
        const { accounts } = CONFIG.clients.find((each) => each.clientId === clientId)!;
        const decided = this.outcomes.of(clientId, sent.id);
        return accounts.flatMap(({ exchange }) => {
          const outcomes = decided.get(`${exchange}.${sent.symbol}`) ?? [];
          return isOneOutcome(outcomes) ? [] : [`${clientId} ${exchange} ${sent.id}: ${outcomes.join()}`];
        });
      }),
    );
  }

  private nextSignal(): SentSignal {
    this.sent += 1;
    return {
      id: `mine-${this.sent}`,
      strategyId: this.oneOf(STRATEGIES),
      symbol: this.oneOf(SYMBOLS),
      signal: this.oneOf([1, -1, 1, -1, 0] as const),
    };
  }

  private oneOf<T>(list: readonly T[]): T {
    return list[Math.floor(this.draw() * list.length)];
  }

  private draw(): number {
    this.draws += 1;
    return draw(this.seed, 'kill', this.draws);
  }
}
