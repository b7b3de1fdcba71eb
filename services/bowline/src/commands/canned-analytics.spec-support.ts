import { Controller, Get, Param, Query, type DynamicModule } from '@nestjs/common';
import type { LiveItem, PairItem, PositionsResponse } from '@bowline/contracts';

type PositionItem = PositionsResponse['items'][number];

const OWNER = { clientId: 'ikenna', exchange: 'binance-usdm', symbol: 'BTCUSDT', strategyId: 'trend-fast' };
const AT = '2025-01-06T11:55:00.000Z';

const POSITION: PositionItem = {
  sequence: 1,
  ...OWNER,
  strategyPositionId: 'p1',
  side: 'LONG',
  status: 'open',
  exchangePositionKey: 'BTCUSDT_LONG',
  openedAt: AT,
  entryTime: AT,
  entryPrice: '62000.5',
  entryQuantity: '0.25',
  entryValue: '15500.125',
  openQuantity: '0.25',
  openCost: '15500.125',
  takeProfitPrice: '64000',
  stopLossPrice: '61000',
  exitPrice: null,
  exitQuantity: null,
  exitValue: '0',
  exitTime: null,
  closeReason: null,
  realizedPnl: null,
  realizedPnlPct: null,
  durationSeconds: null,
  exitOrderId: null,
  fees: '7.75',
  funding: '0',
  netPnl: null,
  protection: 'paired',
  pairStatus: 'active',
  takeProfitStatus: 'working',
  takeProfitOrderId: 't1',
  stopLossStatus: 'working',
  stopLossOrderId: 's1',
  unprotectedSince: null,
  stuck: false,
  updatedAt: AT,
  markPrice: '62500',
  unrealizedPnl: '124.875',
};

const POSITIONS: readonly PositionItem[] = [
  {
    ...POSITION,
    sequence: 3,
    clientId: 'odum',
    strategyPositionId: 'p3',
    side: 'SHORT',
    strategyId: 'scout',
    unrealizedPnl: '-124.875',
  },
  { ...POSITION, sequence: 2, strategyPositionId: 'p2', status: 'closed', openQuantity: '0' },
  POSITION,
];

const PAIR: PairItem = {
  sequence: 1,
  ...OWNER,
  strategyPositionId: 'p1',
  exchangePositionKey: 'BTCUSDT_LONG',
  side: 'LONG',
  openQuantity: '0.25',
  entryPrice: '62000.5',
  status: 'active',
  protection: 'synthetic',
  takeProfit: { price: '64000', status: 'working', clientOrderId: 't1' },
  stopLoss: { price: '61000', status: 'watched', clientOrderId: null },
  closeReason: null,
  unprotectedSince: null,
  stuck: false,
  updatedAt: AT,
};

const ORDER: LiveItem<'orders'> = {
  sequence: 1,
  ...OWNER,
  clientOrderId: 'e1',
  strategyPositionId: 'p1',
  leg: 'e',
  generation: 0,
  side: 'BUY',
  positionSide: 'LONG',
  orderType: 'market',
  timeInForce: 'GTC',
  orderQty: '0.25',
  limitPrice: null,
  stopPrice: null,
  orderStatus: 'filled',
  cumQty: '0.25',
  leavesQty: '0',
  avgPx: '62000.5',
  cumValue: '15500.125',
  createdTime: AT,
  updatedTime: AT,
};

const ORDERS: readonly LiveItem<'orders'>[] = [
  {
    ...ORDER,
    sequence: 2,
    clientOrderId: 's1',
    leg: 's',
    side: 'SELL',
    orderType: 'stop_market',
    orderStatus: 'new',
    cumQty: '0',
    avgPx: null,
    stopPrice: '61000',
  },
  ORDER,
];

const TRADE: LiveItem<'trades'> = {
  sequence: 1,
  ...OWNER,
  strategyPositionId: 'p0',
  side: 'LONG',
  quantity: '0.001',
  entryTime: AT,
  entryPrice: '45000',
  entryValue: '45',
  exitTime: '2025-01-06T11:56:30.000Z',
  exitPrice: '48000',
  exitValue: '48',
  closeReason: 'take_profit',
  realizedPnl: '3',
  realizedPnlPct: '6.6667',
  fees: '0.0186',
  funding: '0',
  netPnl: '2.9814',
  durationSeconds: '90',
  signalPrice: '45000',
  slippageBps: '0',
  takeProfitPrice: '48000',
  stopLossPrice: '43000',
  orders: 'e0 t0',
  exitOrderId: 't0',
};

const CHANNEL = {
  clientId: 'ikenna',
  exchange: 'binance-usdm',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.1',
  lotSize: '0.001',
  minNotional: '5',
  tickTable: null,
  expiry: null,
  strike: null,
  right: null,
  hedgeMode: false,
  tradingState: 'ACTIVE',
  frozen: false,
  sumOfShares: '0.25',
  external: '0',
  dust: '0',
  exchangeQuantity: '0.25',
  exchangeAt: AT,
  difference: '0',
  comparisons: 4,
  differences: 0,
  updatedAt: AT,
  openPositions: 1,
  markPrice: '62500',
  unrealizedPnl: '124.875',
};

const CHANNELS = [
  CHANNEL,
  {
    ...CHANNEL,
    symbol: 'ETHUSDT',
    tradingState: 'HALTED',
    difference: '0.001',
    sumOfShares: '0.001',
    exchangeQuantity: '0',
    unrealizedPnl: null,
  },
  { ...CHANNEL, clientId: 'odum', sumOfShares: '-0.25', exchangeQuantity: null, exchangeAt: null },
];

export interface Row {
  readonly sequence: number;
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly strategyId?: string;
  readonly status?: string;
  readonly orderStatus?: string;
}

const LISTS: Readonly<Record<string, readonly Row[]>> = {
  positions: POSITIONS,
  pairs: [PAIR],
  orders: ORDERS,
  trades: [TRADE],
};

/** What a spec has a list say from now on; null: as it is. */
export const canned: { rows: (list: string) => readonly Row[] | null } = { rows: () => null };

/** A trade by hand, a denial of a command, and a position that was adopted. */
export function alertRow(code: string): Row & LiveItem<'alerts'> {
  const { clientId, exchange, symbol } = OWNER;
  return {
    ...{ sequence: 9, auditId: 'a/0', clientId, exchange, symbol, code, time: AT },
    ...{ strategyPositionId: null, leg: null, quantity: '0.003', text: null },
  };
}

export function denialRow(id: string): Row & LiveItem<'denials'> {
  return { sequence: 9, auditId: 'a/0', ...OWNER, id, code: 'NOT_EXTERNAL', text: 'not so much', time: AT };
}

export function adoptedRow(openQuantity: string): Row {
  return { ...POSITION, openQuantity } as Row;
}

/** What was asked, by path. */
export const asked: { readonly path: string; readonly query: Readonly<Record<string, string>> }[] = [];

/** What analytics answers of a desk that stands still: given rows, filtered, and two at most at once. */
@Controller('v1')
class CannedAnalyticsController {
  private compared = 0;

  @Get('channels')
  channels(@Query() query: Readonly<Record<string, string>>) {
    const { client, exchange, symbol } = query;
    // Of odum's channel the exchange never says anything.
    this.compared += 1;
    const items = CHANNELS.filter(
      (channel) =>
        (client ?? channel.clientId) === channel.clientId &&
        (exchange ?? channel.exchange) === channel.exchange &&
        (symbol ?? channel.symbol) === channel.symbol,
    ).map((channel) => ({ ...channel, comparisons: channel.exchangeAt === null ? 0 : this.compared }));
    return { items };
  }

  @Get(':list')
  list(@Param('list') list: string, @Query() query: Readonly<Record<string, string>>) {
    asked.push({ path: list, query });
    const { after = 'Infinity', client, exchange, limit = '100', status, strategy, symbol } = query;
    const found = (canned.rows(list) ?? LISTS[list] ?? []).filter(
      (row) =>
        row.sequence < Number(after) &&
        [
          [client, row.clientId],
          [exchange, row.exchange],
          [symbol, row.symbol],
          [strategy, row.strategyId],
          [status, row.status ?? row.orderStatus],
        ].every(([wanted, is]) => wanted === undefined || wanted === is),
    );
    const items = found.slice(0, Math.min(Number(limit), 2));
    return { items, next: items.length < found.length ? items.at(-1)?.sequence : null };
  }
}

class CannedAnalyticsModule {}

export const CANNED_ANALYTICS: DynamicModule = {
  module: CannedAnalyticsModule,
  controllers: [CannedAnalyticsController],
};
