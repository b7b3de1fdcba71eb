import type { PositionsMessage, PositionView } from '@bowline/contracts';
import { cashValue, signOf, unrealized, type Cash, type OrderKey } from '@bowline/domain';
import type { HistoricalInput } from '@bowline/engine';
import type {
  DenialRecord,
  ExchangePositionRecord,
  FillRecord,
  HistoricalResult,
  OpenPositionRecord,
  TradeRecord,
} from '@bowline/ports';
import type { PlayedChannel, PlayedClient } from './layout.js';
import type { ParityDesk } from './parity-desk.js';

/** What bars and signals lead to, whoever plays them. Channels are numbered as in `HistoricalResult`. */
export interface ParityOutcome {
  /** In the order in which they were closed, clients one after the other. No worst and best price: a desk has no bars. */
  readonly trades: readonly Omit<TradeRecord, 'worstPrice' | 'bestPrice'>[];
  /** Channel by channel. Liquidity is not told. */
  readonly fills: readonly Omit<FillRecord, 'liquidity'>[];
  readonly denials: readonly DenialRecord[];
  /** In the order of their channels and names. */
  readonly openPositions: readonly OpenPositionRecord[];
  readonly exchangePositions: readonly ExchangePositionRecord[];
  /** Signals that led nowhere, by reason, as far as that was decided and not a matter of bars. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Of each client at the last close: on the one side its ledger's, on the other what its accounts are worth. */
  readonly equity: readonly Cash[];
}

/** What the historical loop leaves, as far as it can be compared with what the roles leave. */
export function outcomeOfLoop(input: HistoricalInput, result: HistoricalResult): ParityOutcome {
  const { channels, exchangePositions, ignoredSignals } = result;
  const keyOf = keys(input, channels);
  return {
    trades: result.trades.map(({ bestPrice: _, worstPrice: __, ...trade }) => ({
      ...trade,
      orders: trade.orders.map((key) => keyOf(trade, key)),
    })),
    fills: result.fills
      .map(({ liquidity: _, ...fill }) => ({ ...fill, key: keyOf(fill, fill.key) }))
      .sort((a, b) => a.channel - b.channel),
    denials: result.denials,
    openPositions: sorted(result.openPositions),
    exchangePositions,
    ignored: Object.fromEntries(
      Object.entries(ignoredSignals).filter(([reason]) => DECIDED_REASONS.includes(reason)),
    ),
    equity: result.equity
      .filter(({ strategyId }) => strategyId === null)
      .map(({ equity }) => equity[equity.length - 1]!),
  };
}

/** The reasons that do not come from where a signal lies among the bars. */
const DECIDED_REASONS = ['ALREADY_FLAT', 'EXPIRED', 'STALE', 'UNCHANGED'];

/** What the roles have told, and what their exchanges hold. */
export function outcomeOfRoles(
  input: HistoricalInput,
  desk: ParityDesk,
  clients: readonly PlayedClient[],
): ParityOutcome {
  const channels = clients.flatMap((client) => client.channels);
  const keyOf = keys(
    input,
    channels.map(({ name }) => name),
  );
  const messages = channels.map(() => [] as PositionsMessage[]);
  const trades: ParityOutcome['trades'][number][] = [];
  const denials: DenialRecord[] = [];
  const ignored: Record<string, number> = {};
  const placeOf = (name: { readonly exchange: string | null; readonly symbol: string }, clientId: string) =>
    channels.findIndex(
      (each) =>
        each.name.clientId === clientId &&
        each.name.exchange === name.exchange &&
        each.name.symbol === name.symbol,
    );
  for (const { config } of clients) {
    const { clientId } = config;
    const { audited, positions } = desk.told.get(clientId)!;
    for (const message of positions) {
      const channel = placeOf(message.channel, clientId);
      messages[channel]!.push(message);
      for (const { exitOrderId: _, stopLossPrice: __, takeProfitPrice: ___, ...trade } of message.trades) {
        const orders = trade.orders.map((key) => keyOf({ channel, ...trade }, key));
        trades.push({ channel, ...trade, orders });
      }
    }
    for (const entry of audited) {
      if (entry.type !== 'signal')
        throw new Error(`not expected of a desk in peace: ${JSON.stringify(entry)}`);
      const { at, code, outcome, strategyId, text } = entry;
      if (outcome === 'ignored') ignored[code!] = (ignored[code!] ?? 0) + 1;
      if (outcome !== 'denied') continue;
      denials.push({
        channel: placeOf(entry, clientId),
        strategyId,
        time: at,
        code: code!,
        text: text!,
      });
    }
  }
  const fills = messages.flatMap((own, channel) =>
    own.flatMap((message) =>
      message.fills.map(({ clientOrderId: _, tradeId, ...fill }) => ({
        channel,
        ...fill,
        tradeId: String(tradeId),
        key: keyOf({ channel, ...fill }, fill.key),
      })),
    ),
  );
  const open = channels.map((channel, place) => openOf(channel, place, messages[place]!));
  return {
    trades,
    fills,
    denials,
    openPositions: sorted(open.flat()),
    exchangePositions: channels.flatMap((channel, place) =>
      holdingsOf(desk, channel, place, messages[place]!, open[place]!),
    ),
    ignored: Object.fromEntries(Object.entries(ignored).sort(([a], [b]) => (a < b ? -1 : 1))),
    equity: clients.map((client) => equityOf(desk, client)),
  };
}

/**
 * Order keys without their generation where a stop follows the price: the loop tells its channel of a stop that has
 * moved only when something else happens there, a desk's channel hears of every move and numbers them all.
 */
function keys(input: HistoricalInput, channels: readonly { readonly clientId: string }[]) {
  return (
    { channel, strategyId }: { readonly channel: number; readonly strategyId: string },
    key: OrderKey,
  ): OrderKey => {
    const config = input.config.clients.find(({ clientId }) => clientId === channels[channel]!.clientId)!;
    const { breakEven, trailingStop } = config.strategies?.get(strategyId) ?? config.defaults;
    return breakEven === null && trailingStop === null ? key : { ...key, generation: 0 };
  };
}

function sorted(open: readonly OpenPositionRecord[]): OpenPositionRecord[] {
  return [...open].sort(
    (a, b) => a.channel - b.channel || (a.strategyPositionId < b.strategyPositionId ? -1 : 1),
  );
}

/** The positions that the channel has told to be open last, marked at the last close. */
function openOf(
  { market }: PlayedChannel,
  channel: number,
  messages: readonly PositionsMessage[],
): OpenPositionRecord[] {
  const last = new Map<string, PositionView>();
  for (const { positions } of messages) for (const view of positions) last.set(view.strategyPositionId, view);
  const { bars, instrument } = market;
  const markPrice = bars.close[bars.length - 1]!;
  return [...last.values()]
    .filter(({ openQty, status }) => status !== 'closed' && openQty > 0)
    .map((view) => ({
      channel,
      strategyId: view.strategyId,
      strategyPositionId: view.strategyPositionId,
      side: view.side,
      openQty: view.openQty,
      cost: view.cost,
      entryTime: view.entryTime!,
      takeProfitPrice: view.takeProfit?.price ?? null,
      stopLossPrice: view.stopLoss?.price ?? null,
      markPrice,
      unrealizedPnl: cashValue(
        instrument,
        unrealized({ quantity: view.openQty * signOf(view.side), cost: view.cost }, markPrice),
      ),
      realizedPnl: view.realizedPnl,
      fees: view.fees,
      funding: view.funding,
    }));
}

/** What the exchange says that it holds, and beside it what the channel has told of its shares. */
function holdingsOf(
  desk: ParityDesk,
  { name }: PlayedChannel,
  channel: number,
  messages: readonly PositionsMessage[],
  open: readonly OpenPositionRecord[],
): ExchangePositionRecord[] {
  const { exchange, shard } = desk.channel(name);
  const told = messages[messages.length - 1]?.shares.sumOfShares ?? 0;
  const { signedQty } = exchange.books.markets.get(name.symbol)!;
  if (told !== signedQty)
    throw new Error(`${shard.layout.key}: shares of ${told} lots, the exchange has ${signedQty}`);
  return exchange.books
    .holdings()
    .filter(({ symbol }) => symbol === name.symbol)
    .map(({ entryPrice, key, quantity, side }) => {
      const own = shard.layout.hedgeMode ? open.filter((position) => position.side === side) : open;
      const sumOfShares = own.reduce((sum, position) => sum + position.openQty * signOf(position.side), 0);
      return { channel, key, side, quantity, entryPrice, sumOfShares };
    });
}

function equityOf(desk: ParityDesk, { channels, config }: PlayedClient): Cash {
  let equity = 0n;
  for (const { account, books, exchange } of desk.exchanges.values()) {
    if (account !== config.clientId) continue;
    const own = channels.filter(({ name }) => name.exchange === exchange);
    equity += books.equity((symbol) => {
      const { bars } = own.find(({ name }) => name.symbol === symbol)!.market;
      return bars.close[bars.length - 1]!;
    });
  }
  return equity;
}
