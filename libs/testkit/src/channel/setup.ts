import {
  createInstrument,
  decimal,
  NO_PLAN,
  type Instrument,
  type LegPlan,
  type OpenIntent,
  type PositionSide,
  type ProtectionPlan,
  type Ticks,
} from '@bowline/domain';

/** BTCUSDT with ticks of 0.01 and lots of 0.001: the units of the seed's numbers. */
export const BTCUSDT = anInstrument({});

/** An instrument whose ticks and lots are 1, so that prices and quantities read as they stand. */
export const WHOLE = anInstrument({ symbol: 'WHOLE', tickSize: '1', lotSize: '1' });

export function anInstrument(changes: Partial<Parameters<typeof createInstrument>[0]>): Instrument {
  return createInstrument({
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    kind: 'perpetual',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize: '0.01',
    lotSize: '0.001',
    minNotional: '0',
    ...changes,
  });
}

export { NO_PLAN };

/** A plan with its legs at given prices; a leg that is left out is not wanted. */
export function legsAt(takeProfit: Ticks | null, stopLoss: Ticks | null = null): ProtectionPlan {
  return { ...NO_PLAN, takeProfit: priced(takeProfit), stopLoss: priced(stopLoss) };
}

/** A plan with its legs `percent` of the entry price away from it. */
export function legsWithin(takeProfitPct: number, stopLossPct: number): ProtectionPlan {
  const pct = (percent: number): LegPlan => ({ kind: 'pct', percent: decimal(percent) });
  return { ...NO_PLAN, takeProfit: pct(takeProfitPct), stopLoss: pct(stopLossPct) };
}

/** An open intent: market, legs 10 ticks around a price of 100 unless told otherwise. */
export function anOpen(
  strategyId: string,
  side: PositionSide,
  quantity: number,
  changes: Partial<OpenIntent> = {},
): OpenIntent {
  return {
    type: 'open',
    intentId: `${strategyId}:open`,
    strategyId,
    side,
    quantity,
    orderType: 'market',
    limitPrice: null,
    timeInForce: 'GTC',
    scaleIn: false,
    plan: side === 'LONG' ? legsAt(110, 90) : legsAt(90, 110),
    referencePrice: 100,
    at: 0,
    expiresAt: null,
    ...changes,
  };
}

function priced(price: Ticks | null): LegPlan | null {
  return price === null ? null : { kind: 'price', price };
}
