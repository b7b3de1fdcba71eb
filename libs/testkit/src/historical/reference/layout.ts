import type { ClientConfig } from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';
import type { HistoricalInput, Market } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import { exactly, ofDecimal, over, plus, ratio, times, ZERO, type Ratio } from './ratio.js';
import type { Account, Bar, Channel, Client, Slot } from './state.js';

/** A client's accounts, channels, and strategies, with every signal put to the bar that it acts on. */
export function layOut(input: HistoricalInput, config: ClientConfig): Client {
  const accounts = config.accounts.map((account) => ({
    exchange: account.exchange,
    balance: account.accountBalance && ofDecimal(account.accountBalance),
    makerBps: ofDecimal(account.feeMakerBps),
    takerBps: ofDecimal(account.feeTakerBps),
    hedgeMode: account.hedgeMode,
    netPnl: ZERO,
  }));
  const places = config.accounts.flatMap(({ exchange, symbols }, i) =>
    input.markets
      .filter(
        (market) => market.exchange === exchange && (symbols === null || symbols.includes(market.symbol)),
      )
      .map((market) => channelOf(input, config.clientId, accounts[i], market)),
  );
  const channels = places.sort(
    ({ market: a }, { market: b }) =>
      compareCodePoints(a.exchange, b.exchange) || compareCodePoints(a.symbol, b.symbol),
  );
  const outcome = { trades: [], denials: [], open: [], ignored: {}, equity: {} };
  const client = { input, config, accounts, channels, slots: [], outcome };
  return { ...client, slots: channels.flatMap((channel) => slotsOf(client, channel)) };
}

function channelOf(input: HistoricalInput, clientId: string, account: Account, market: Market): Channel {
  const { bars, exchange, instrument, symbol } = market;
  const tick = exactly(instrument.tickSize);
  const price = (column: Float64Array, row: number) => times(ratio(column[row]), tick);
  const funding = [...(input.funding.get(symbol) ?? [])].sort((a, b) => a.time - b.time);
  return {
    name: `${clientId}.${exchange}.${symbol}`,
    account,
    market,
    bars: Array.from({ length: bars.length }, (_, row): Bar => ({
      openTime: bars.openTime[row],
      closeTime: bars.openTime[row] + bars.intervalMs,
      open: price(bars.open, row),
      high: price(bars.high, row),
      low: price(bars.low, row),
      close: price(bars.close, row),
    })),
    tick,
    lot: exactly(instrument.lotSize),
    multiplier: exactly(instrument.multiplier),
    funding: funding.map(({ rate, time }) => ({ rate: exactly(rate), time })),
    mark: ZERO,
    cash: ZERO,
    held: ZERO,
    equity: ZERO,
  };
}

function slotsOf(client: Omit<Client, 'slots'>, channel: Channel): Slot[] {
  const { config, input } = client;
  const { symbol } = channel.market;
  const share = shareOf(client, channel);
  if (share !== null && share.n === 0n) return [];
  const own = input.signals.filter((row) => row.symbol === symbol);
  const sending = new Set(own.map(({ strategyId }) => strategyId));
  const followed = [...sending].filter((id) => config.strategies === null || config.strategies.has(id));
  return followed.sort(compareCodePoints).map((strategyId) => {
    const params = config.strategies?.get(strategyId) ?? config.defaults;
    const rows = own.filter((row) => row.strategyId === strategyId);
    rows.sort((a, b) => a.time - b.time || a.row - b.row);
    const signals = rows.flatMap((row) => {
      const bar = actingBar(row, channel.bars, input.config.execution.latencyMs, params.entryPoint);
      if (typeof bar === 'number') return [{ bar, row }];
      client.outcome.ignored[bar] = (client.outcome.ignored[bar] ?? 0) + 1;
      return [];
    });
    const nothing = { begun: 0, position: null, resting: null, cash: ZERO, held: ZERO, equity: ZERO };
    return { channel, strategyId, params, share, signals, ...nothing };
  });
}

/** Rule 1: the first bar that opens at or after the signal's time, or the last that has closed by then. */
function actingBar(
  { time }: SignalRow,
  bars: readonly Bar[],
  latencyMs: number,
  entryPoint: 'open' | 'close',
): number | 'OUTSIDE_DATA' | 'NO_BAR' {
  if (time < bars[0].openTime || time > bars[bars.length - 1].closeTime) return 'OUTSIDE_DATA';
  const acts = time + latencyMs;
  const bar =
    entryPoint === 'open'
      ? bars.findIndex(({ openTime }) => openTime >= acts)
      : bars.filter(({ closeTime }) => closeTime <= acts).length - 1;
  return bar < 0 ? 'NO_BAR' : bar;
}

/** The channel's weight over those of all exchanges where the client trades the symbol. */
function shareOf({ channels, config }: Omit<Client, 'slots'>, channel: Channel): Ratio | null {
  const { routing } = config;
  if (routing === null) return null;
  const weight = ({ market }: Channel) => {
    const given = routing.get(market.exchange);
    return given ? ofDecimal(given) : ZERO;
  };
  const all = channels
    .filter(({ market }) => market.symbol === channel.market.symbol)
    .map(weight)
    .reduce(plus, ZERO);
  return all.n === 0n ? ZERO : over(weight(channel), all);
}
