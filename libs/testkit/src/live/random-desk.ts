import type { ClientSignal, ControlMessage, ControlScope } from '@bowline/contracts';
import { draw, type Fault } from '@bowline/exchange-simulator';
import { EXCHANGE, type ClientSpec } from '../historical/scenario.js';
import { DeskLaws } from './desk-laws.js';
import { LiveDesk, type LiveDeskOptions } from './live-desk.js';

/** What may happen next, by how often. `twice`: a second signal before the first has led to anything. */
const WEIGHTS = {
  signal: 12,
  twice: 5,
  repeat: 1,
  price: 14,
  pass: 14,
  step: 8,
  crash: 3,
  cut: 1,
  mend: 2,
  halt: 1,
  resume: 2,
  close: 2,
  retry: 1,
} as const;

export type DeskMoveKind = keyof typeof WEIGHTS;

/** Every kind of move, as often as it should come up. */
export const DESK_MOVE_KINDS: readonly DeskMoveKind[] = (Object.keys(WEIGHTS) as DeskMoveKind[]).flatMap(
  (kind) => Array.from({ length: WEIGHTS[kind] }, () => kind),
);

/** A move, and the numbers that choose between what is possible. */
export type DeskMove = readonly [kind: DeskMoveKind, a: number, b: number, c: number];

/** What goes wrong, and how often: shares of all messages, requests and reports. */
export interface DeskFaults {
  readonly seed: number;
  /** On the bus. */
  readonly loseAck: number;
  readonly duplicate: number;
  readonly delay: number;
  /** On the way to the exchange. */
  readonly requestLost: number;
  readonly replyLost: number;
  readonly timedOut: number;
  readonly late: number;
  /** At the exchange. */
  readonly reportTwice: number;
  readonly reject: number;
  readonly fillRatio: number;
  readonly latencySpreadMs: number;
  /** Conditional orders that an account may have there; null: as many as it likes. */
  readonly stops: number | null;
}

const STRATEGIES = ['A', 'B', 'C', 'D'] as const;
const EVERYTHING: ControlScope = { exchange: null, symbol: null, strategyId: null };

/** Two clients that follow four strategies in one symbol: at the market, with a limit, scaling in, and with moving stops. */
const CLIENTS: Readonly<Record<string, ClientSpec>> = {
  ikenna: client(2),
  odum: client(1),
};

function client(size: number): ClientSpec {
  const lots = (count: number) => String((count * size) / 1_000);
  return {
    accounts: { [EXCHANGE]: { makerBps: 2, takerBps: 5, balance: 100_000, allowSynthetic: true } },
    params: { takeProfitPct: 1, stopLossPct: 1 },
    strategies: {
      A: { fixedQuantity: lots(3) },
      B: { fixedQuantity: lots(5), orderType: 'limit', limitOffsetBps: 5 },
      C: { fixedQuantity: lots(2), scaleIn: true, trailingStopPct: '0.6' },
      D: { fixedQuantity: lots(4), breakEvenPct: '0.4', timeExitMinutes: 1, mode: 'longOnly' },
    },
  };
}

/** A desk to which anything may happen that clients, markets, buses, exchanges and machines can do. */
export class RandomDesk {
  private price = 45_000;
  private isCalm = false;
  private readonly signals: ClientSignal[] = [];
  private readonly cut = new Set<string>();
  private requests = 0;

  private constructor(
    private current: LiveDesk,
    readonly laws: DeskLaws,
  ) {}

  static async open(faults: DeskFaults, options: LiveDeskOptions = {}): Promise<RandomDesk> {
    let calm = (): boolean => true;
    let count = 0;
    const { seed } = faults;
    const desk = await LiveDesk.open({
      clients: CLIENTS,
      ...options,
      exchange: {
        seed,
        fillRatio: faults.fillRatio,
        rejectProbability: faults.reject,
        duplicateProbability: faults.reportTwice,
        latencySpreadMs: faults.latencySpreadMs,
        maxConditionalOrders: faults.stops,
        faultOf: (account, request) =>
          calm() ? null : faultOf(faults, `${account} ${request.type}`, (count += 1)),
      },
      bus: {
        draw: drawsOf(seed),
        loseAck: faults.loseAck,
        duplicate: faults.duplicate,
        delay: faults.delay,
        reach: 20,
      },
    });
    const random = new RandomDesk(desk, new DeskLaws());
    calm = () => random.isCalm;
    await desk.price(random.price);
    return random;
  }

  get desk(): LiveDesk {
    return this.current;
  }

  /** Makes a move, and checks what must hold whenever nothing moves but by the clock. */
  async move([kind, a, b, c]: DeskMove): Promise<void> {
    await this.make(kind, a, b, c);
    this.laws.check(this.current);
  }

  /** Faults stop, every line is whole, what was given up is tried again: every position is protected in the end. */
  async calm(): Promise<void> {
    this.isCalm = true;
    for (const clientId of [...this.cut]) this.mend(clientId);
    for (const signal of this.signals) this.repeatUnconfirmed(signal);
    await this.current.pass(120_000);
    for (let round = 0; round < 6 && this.laws.isBusy(this.current); round += 1) {
      await this.command({ type: 'retry' });
      await this.current.pass(10_000);
    }
    this.laws.check(this.current);
    this.laws.checkProtected(this.current);
  }

  /** Everything is closed by command. */
  async closeAll(): Promise<void> {
    for (let round = 0; round < 10 && !this.laws.isFlat(this.current); round += 1) {
      await this.command({ type: 'close' });
      await this.current.pass(10_000);
      await this.command({ type: 'retry' });
      await this.current.pass(10_000);
    }
    await this.current.pass(120_000);
    this.laws.check(this.current);
    this.laws.checkOver(this.current, this.signals);
  }

  /** The process dies: so many turns from now, or once all is quiet. */
  async crash(turns: number | null, onRead?: (next: LiveDesk) => void): Promise<void> {
    if (turns === null) await this.current.quiet();
    else await hop(turns);
    this.current = await this.current.crash(onRead);
    for (const signal of this.signals) this.repeatUnconfirmed(signal);
    await this.current.quiet();
  }

  private async make(kind: DeskMoveKind, a: number, b: number, c: number): Promise<void> {
    const { current } = this;
    const strategyId = STRATEGIES[a % STRATEGIES.length]!;
    const clientId = Object.keys(CLIENTS)[b % 2]!;
    switch (kind) {
      case 'signal':
        this.signal(strategyId, b);
        return current.quiet();
      case 'twice':
        this.signal(strategyId, b);
        await hop(c % 40);
        this.signal(strategyId, Math.floor(b / 3));
        return current.quiet();
      case 'repeat': {
        const signal = this.signals[a % Math.max(1, this.signals.length)];
        if (signal !== undefined) current.repeatSignal(signal);
        return current.quiet();
      }
      case 'price':
        this.price = Math.max(
          30_000,
          Math.round(this.price * (1 + ((a % 41) - 20) / (b % 4 === 0 ? 1_000 : 4_000))),
        );
        return current.price(this.price);
      case 'pass':
        return current.pass([20, 60, 200, 1_000, 3_000, 20_000][a % 6]!);
      case 'step':
        await current.passOne();
        return;
      case 'crash':
        if (b % 2 === 0) this.signal(strategyId, b);
        return this.crash(a % 60);
      case 'cut':
        this.cut.add(clientId);
        return current.exchanges.get(EXCHANGE)!.disconnect(clientId);
      case 'mend':
        this.mend(clientId);
        return current.quiet();
      case 'halt': {
        const scope = a % 2 === 0 ? EVERYTHING : { ...EVERYTHING, strategyId };
        return this.command({
          type: 'trading_state',
          tradingState: b % 2 === 0 ? 'HALTED' : 'REDUCING',
          scope,
        });
      }
      case 'resume':
        return this.command({ type: 'trading_state', tradingState: 'ACTIVE' });
      case 'close':
        return this.command({
          type: 'close',
          scope: a % 3 === 0 ? EVERYTHING : { ...EVERYTHING, strategyId },
        });
      case 'retry':
        return this.command({ type: 'retry' });
    }
  }

  private signal(strategyId: string, choice: number): void {
    const signal = ([1, -1, 0, 1, -1] as const)[choice % 5]!;
    this.signals.push(this.current.publishSignal(strategyId, signal));
  }

  /** Whoever has no answer sends it again. */
  private repeatUnconfirmed(signal: ClientSignal): void {
    const { confirmed } = this.current;
    if (!Object.keys(CLIENTS).every((id) => confirmed.has(`${signal.id}/${id}`)))
      this.current.repeatSignal(signal);
  }

  private mend(clientId: string): void {
    this.cut.delete(clientId);
    this.current.exchanges.get(EXCHANGE)!.reconnect(clientId);
  }

  private async command(
    command:
      | { readonly type: 'close' | 'retry'; readonly scope?: ControlScope }
      | {
          readonly type: 'trading_state';
          readonly tradingState: 'ACTIVE' | 'REDUCING' | 'HALTED';
          readonly scope?: ControlScope;
        },
  ): Promise<void> {
    this.requests += 1;
    for (const clientId of Object.keys(CLIENTS)) {
      const message: ControlMessage = {
        scope: EVERYTHING,
        ...command,
        clientId,
        by: 'test',
        reason: `${this.requests}`,
      };
      await this.current.control(message);
    }
  }
}

async function hop(times: number): Promise<void> {
  for (let at = 0; at < times; at += 1) await Promise.resolve();
}

function faultOf(
  { late, replyLost, requestLost, seed, timedOut }: DeskFaults,
  request: string,
  count: number,
): Fault | null {
  let left = draw(seed, request, count);
  const isNow = (share: number): boolean => (left -= share) < 0;
  if (isNow(requestLost)) return 'request_lost';
  if (isNow(replyLost)) return 'reply_lost';
  if (isNow(timedOut)) return 'timed_out';
  if (isNow(late)) return { lateMs: Math.floor(draw(seed, request, -count) * 8_000) };
  return null;
}

function drawsOf(seed: number): () => number {
  let count = 0;
  return () => draw(seed, 'bus', (count += 1));
}
