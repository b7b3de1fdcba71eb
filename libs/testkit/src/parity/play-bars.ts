import type { ClientSignal } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { HistoricalInput } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import { layOutBars, type PlayedChannel, type PlayedClient, type PlayedSlot } from './layout.js';
import { outcomeOfRoles, type ParityOutcome } from './outcome.js';
import { ParityDesk } from './parity-desk.js';

/** A channel with a bar that opens, or closes, at the moment. */
interface Happening {
  readonly channel: PlayedChannel;
  readonly row: number;
}

/**
 * Plays the bars and signals of a historical run through the roles of a live desk against bar exchanges, phase by
 * phase of the bar model, each once everything that the one before led to is over. It decides nothing: it says what
 * time it is, brings signals to the order-generators, tells the exchanges which bar it is, and lets happen what is
 * due. What it plays must not have several signals of one strategy at one moment (`oneSignalAtATime`).
 */
export async function playBars(input: HistoricalInput): Promise<ParityOutcome> {
  const desk = await ParityDesk.open(input);
  const clients = layOutBars(input);
  await new BarPlayer(desk, clients).play();
  return outcomeOfRoles(input, desk, clients);
}

class BarPlayer {
  /** The next bar of each channel that opens, and that closes. */
  private readonly opening = new Map<PlayedChannel, number>();
  private readonly closing = new Map<PlayedChannel, number>();

  constructor(
    private readonly desk: ParityDesk,
    private readonly clients: readonly PlayedClient[],
  ) {}

  async play(): Promise<void> {
    const { clients, desk } = this;
    for (const time of momentsOf(clients)) {
      desk.entries.set(time);
      desk.sweeps.set(time);
      for (const client of clients) await this.atClose(client, time);
      for (const client of clients) await this.fromOpen(client, time);
    }
    while (desk.sweeps.callNext()) await desk.quiet();
    desk.checkOrders();
  }

  /** Phase d of the bars that close. */
  private async atClose({ channels }: PlayedClient, time: TimeMs): Promise<void> {
    const closing = channels.flatMap((channel) => this.happening(this.closing, channel, time, true));
    for (const { channel, row } of closing) this.act(channel, time, channel.market.bars.close[row]!);
    await this.signals(closing, 'close', time);
  }

  /** Phases 0 to c of the bars that open. */
  private async fromOpen({ channels }: PlayedClient, time: TimeMs): Promise<void> {
    const opening = channels.flatMap((channel) => this.happening(this.opening, channel, time, false));
    for (const { channel, row } of opening) this.act(channel, time, channel.market.bars.open[row]!);
    for (const { channel, row } of opening) await this.fund(channel, row);
    for (const { channel } of opening) await this.exitOnTime(channel);
    await this.signals(opening, 'open', time);
    for (const happening of opening) await this.fill(happening, 'fillEntries');
    for (const happening of opening) await this.fill(happening, 'fillPairs');
    for (const happening of opening) await this.endBar(happening);
  }

  private happening(
    next: Map<PlayedChannel, number>,
    channel: PlayedChannel,
    time: TimeMs,
    atClose: boolean,
  ): Happening[] {
    const { bars } = channel.market;
    const row = next.get(channel) ?? 0;
    if (row >= bars.length || bars.openTime[row]! + (atClose ? bars.intervalMs : 0) !== time) return [];
    next.set(channel, row + 1);
    return [{ channel, row }];
  }

  private act({ name }: PlayedChannel, time: TimeMs, price: number): void {
    const { clock, exchange } = this.desk.channel(name);
    clock.set(time);
    exchange.act(name.symbol, time, price);
  }

  private async fund({ funding, name }: PlayedChannel, row: number): Promise<void> {
    for (const rate of funding.get(row) ?? []) {
      this.desk.channel(name).exchange.fund(name.symbol, rate);
      await this.desk.quiet();
    }
  }

  /** The strategies' positions are closed in the order of the strategies, whichever of them was due first. */
  private async exitOnTime({ name }: PlayedChannel): Promise<void> {
    const { clock, exchange } = this.desk.channel(name);
    exchange.hold();
    let called = false;
    for (; clock.callNext(); called = true) await this.desk.quiet();
    exchange.release();
    if (called) await this.desk.quiet();
  }

  /** Phases a and d: first what closes over all channels, then what enters. */
  private async signals(
    happening: readonly Happening[],
    entryPoint: 'open' | 'close',
    time: TimeMs,
  ): Promise<void> {
    const acting = happening.flatMap(({ channel, row }) =>
      channel.slots.flatMap((slot) => {
        const signal = slot.params.entryPoint === entryPoint ? slot.signals.get(row) : undefined;
        return signal === undefined ? [] : [{ slot, row, signal, closes: this.closes(slot, signal) }];
      }),
    );
    for (const { closes, row, signal, slot } of acting) {
      if (!closes) continue;
      this.show(slot, row, time);
      await this.desk.signal(slot.channel, messageOf(signal));
    }
    for (const { closes, row, signal, slot } of acting) {
      this.show(slot, row, time);
      if (!closes) await this.desk.signal(slot.channel, messageOf(signal));
      else await this.enterAfterClose(slot);
    }
  }

  /** Whether the signal takes something from its strategy, and so belongs to the closes. */
  private closes({ channel, params, strategyId }: PlayedSlot, { signal }: SignalRow): boolean {
    const target = this.desk.target(channel, strategyId);
    if (target === undefined || target.openQty + target.workingQty === 0) return false;
    const short = signal === -1 && params.mode === 'longShort';
    return signal === 1 ? target.side === 'SHORT' : !short || target.side === 'LONG';
  }

  private async enterAfterClose({ channel, strategyId }: PlayedSlot): Promise<void> {
    const { desk } = this;
    if (desk.target(channel, strategyId)!.pending === null) return;
    desk.entries.callNext();
    await desk.quiet();
    if (desk.target(channel, strategyId)!.pending !== null) {
      throw new Error(`${strategyId} in ${channel.exchange}:${channel.symbol} did not enter in its turn`);
    }
  }

  private show({ channel, market, params }: PlayedSlot, row: number, time: TimeMs): void {
    const { fills } = this.desk.channel(channel);
    const atOpen = params.entryPoint === 'open';
    const { close, open } = market.bars;
    const price = atOpen ? open[row]! : close[row]!;
    this.desk.market.act(time, { market, price, known: atOpen ? row : row + 1, fills });
  }

  private async fill(
    { channel: { market, name }, row }: Happening,
    phase: 'fillEntries' | 'fillPairs',
  ): Promise<void> {
    const { high, low, open, openTime } = market.bars;
    const bar = { openTime: openTime[row]!, open: open[row]!, high: high[row]!, low: low[row]! };
    for (const _ of this.desk.channel(name).exchange[phase](name.symbol, bar)) await this.desk.quiet();
  }

  /** Positions that have lived through the bar have seen its prices. */
  private async endBar({ channel: { market, name }, row }: Happening): Promise<void> {
    const { exchange, shard } = this.desk.channel(name);
    const { close, high, low, openTime } = market.bars;
    const seen = { low: low[row]!, high: high[row]!, last: close[row]! };
    shard.watch.onPrices(seen, ({ id }) => exchange.isLive(name.symbol, id, openTime[row]!));
    if (!shard.runner.idle) await this.desk.quiet();
  }
}

/** Every time at which a bar opens or closes. */
function momentsOf(clients: readonly PlayedClient[]): TimeMs[] {
  const times = new Set<TimeMs>();
  for (const { market } of clients.flatMap(({ channels }) => channels)) {
    const { intervalMs, openTime } = market.bars;
    for (const time of openTime) times.add(time).add(time + intervalMs);
  }
  return [...times].sort((a, b) => a - b);
}

function messageOf(row: SignalRow): ClientSignal {
  return {
    id: String(row.row),
    strategyId: row.strategyId,
    symbol: row.symbol,
    signal: row.signal,
    time: row.time,
    price: row.price ?? null,
    takeProfit: row.takeProfit ?? null,
    stopLoss: row.stopLoss ?? null,
    volatility: row.volatility ?? null,
    quantity: row.quantity ?? null,
    expiresAt: null,
  };
}
