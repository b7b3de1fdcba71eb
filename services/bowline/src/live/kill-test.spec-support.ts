import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { draw } from '@bowline/exchange-simulator';
import { command, DeskProcess, SignalSender, status, type SentSignal } from './killed-desk.spec-support.js';
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

const CONFIG = parseConfig(MOCK_CONFIG, 'bowline.yaml');
const STRATEGIES = ['mine-a', 'mine-b', 'trend-fast'];
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
/** By then everything that a crash has left behind is in order again. */
const SETTLED_MS = 20_000;
const HALTED = 'odum';

/** How a desk is killed. */
type Kill = 'while it starts' | 'while it trades' | 'while it stops';

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
  private entriesOfHalted: number | null = null;

  constructor(
    private readonly dir: string,
    private readonly seed: number,
  ) {}

  /** The first start, which is left in peace until it trades. */
  async begin(): Promise<void> {
    const desk = DeskProcess.start(this.dir, false);
    await this.trade(desk, 300);
    await this.look();
  }

  /** One more start, and its death. */
  async kill(): Promise<Kill> {
    const desk = DeskProcess.start(this.dir, true);
    const how = this.chooseKill();
    if (how === 'while it starts') {
      await sleep(this.draw() * 1_200);
      await desk.kill();
    } else if (how === 'while it trades') await this.trade(desk, this.draw() ** 2 * 4_000);
    else {
      await desk.url;
      await sleep(this.draw() * 200);
      desk.stop();
      await sleep(this.draw() * 100);
      await desk.kill();
    }
    expect(desk.complaints).toEqual([]);
    await this.look();
    return how;
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
    const run = await resumeHere(this.dir, CONFIG, true);
    const url = run.desk.url!;
    await pass(run, SETTLED_MS);
    await command(url, { type: 'trading_state', state: 'HALTED', all: true });
    for (let round = 0; round < 5 && this.laws.remains(run).length > 0; round += 1) {
      await command(url, { type: 'close', all: true });
      await pass(run, 90_000);
    }
    process.stderr.write(`end ${new Date(run.clock.now()).toISOString()} answered ${this.answered} sent ${this.sent} trades ${run.desk.managers!.shards.map(({runner})=>(runner.state.channel.tradeIds as any).size)}\n`);
    const left = [...this.laws.remains(run), ...this.laws.misbooked(run)];
    await run.close();
    expect(left).toEqual([]);
    expect(await doubled(this.dir)).toEqual([]);
    this.expectAnswered();
  }

  get answered(): number {
    return this.sender.answered.size;
  }

  private async trade(desk: DeskProcess, forMs: number): Promise<void> {
    const url = await desk.url;
    const halts = (await status(url)).halts.map(({ client }) => client);
    expect(halts).toEqual(this.entriesOfHalted === null ? [] : [HALTED]);
    const sending = Promise.all([this.sender.sendTo(url), this.sender.sendTo(url)]);
    await sleep(forMs);
    await desk.kill();
    await sending;
  }

  /** A command to a desk that is started for it, and killed once it has answered. */
  private async order(body: Readonly<Record<string, unknown>>): Promise<void> {
    const desk = DeskProcess.start(this.dir, true);
    expect(await command(await desk.url, body)).toBe(true);
    await desk.kill();
    await this.look();
  }

  private async look(): Promise<void> {
    await withCopy(this.dir, (copy) => this.outcomes.read(copy));
    const t0=performance.now();const found = await withCopy(this.dir, async (copy) => {
      const run = await resumeHere(copy, CONFIG, false);
      let faults = ['has not begun'];
      let passed = 0;
      for (; faults.length > 0 && passed < SETTLED_MS; passed += 1_000) {
        await pass(run, 1_000);
        faults = this.laws.faults(run);
      }
      process.stderr.write(`look after ${passed} ${new Date(run.clock.now()).toISOString()} answered ${this.answered} records ${run.desk.runners().map((r)=>(r as any).options.journal.sequence).reduce((a:number,b:number)=>a+b)} lag ${Math.max(...run.desk.runners().map((r)=>(r as any).lastAt))-run.clock.now()} open ${run.desk.managers!.shards.map(({runner})=>runner.state.channel.positions.size)} ${performance.now()-t0}\n`);
      await run.close();
      return faults;
    });
    expect(found).toEqual([]);
    if (this.entriesOfHalted !== null) expect(await entriesOf(this.dir, HALTED)).toBe(this.entriesOfHalted);
  }

  /** Whatever was answered for has been decided, once in each channel that it is about. */
  private expectAnswered(): void {
    const wrong: string[] = [];
    for (const { clients, sent } of this.sender.answered.values()) {
      for (const clientId of clients) {
        const { accounts } = CONFIG.clients.find((each) => each.clientId === clientId)!;
        const decided = this.outcomes.of(clientId, sent.id);
        for (const { exchange } of accounts) {
          const outcomes = decided.get(`${exchange}.${sent.symbol}`) ?? [];
          if (!isOneOutcome(outcomes)) wrong.push(`${clientId} ${exchange} ${sent.id}: ${outcomes.join()}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }

  private chooseKill(): Kill {
    const chance = this.draw();
    if (chance < 0.3) return 'while it starts';
    return chance < 0.85 ? 'while it trades' : 'while it stops';
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
