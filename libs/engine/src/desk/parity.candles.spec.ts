import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { createBarFills } from '@bowline/exchange-simulator';
import type { TickBars } from '@bowline/ports';
import {
  instrumentOf,
  oneSignalAtATime,
  outcomeOfLoop,
  playBars,
  sharedData,
  whenPresent,
} from '@bowline/testkit';
import type { HistoricalInput, Market } from '../historical/input.js';
import { runHistorical } from '../historical/run-historical.js';
import { parseStrategy, strategySignals, type StrategySpec } from '../strategies/index.js';

/** The desk of the backtest on these candles: three clients, each in its own way, and five strategies. */
const DESK = `clients:
  ikenna:
    exchanges: { binance-spot: { accountBalance: 100000, feeMakerBps: 2, feeTakerBps: 5 } }
    riskParams: { takeProfitPct: 1.5, stopLossPct: 1 }
    orderParams: { sizing: { fixedNotional: 5000 } }
  odum:
    exchanges:
      binance-spot: { accountBalance: 50000 }
      okx-spot: { accountBalance: 50000, symbols: [BTCUSDT] }
    riskParams: { takeProfitSd: 12, stopLossSd: 8, volatilityWindow: 60, maxLeverage: 2 }
    orderParams: { defaultOrderType: limit, limitOffsetBps: 3, sizing: { percentOfBalance: 5 } }
    routing: { binance-spot: 60, okx-spot: 40 }
  christian:
    exchanges: { okx-spot: { accountBalance: 80000, hedgeMode: true } }
    riskParams: { takeProfitSd: 30, stopLossSd: 15, trailingStopSd: 15, volatilityWindow: 120, timeExitMinutes: 720 }
    orderParams: { sizing: { riskPerTrade: 0.2 } }
    strategies: [sma-cross-20-100, donchian-120, donchian-1000, random-7]
execution: { slippageBps: 1 }
`;
const STRATEGIES = ['sma-cross:20,100', 'sma-cross:60,300', 'donchian:120', 'donchian:1000', 'random:7'];
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];

/** Through the crash of May 19th, 2021. */
const [FROM, TO] = [39_000, 41_000];

const pathOf = (symbol: string) => sharedData(`candles/binance-spot-${symbol}-1m.json.gz`);
const paths = SYMBOLS.map(pathOf);

whenPresent(
  'minutes of real candles through the roles',
  '../shared/data/candles',
  paths.every((path) => path !== null) && paths,
  (found) => {
    it('give the trades, fills, denials and positions that the historical loop gives', async () => {
      const input = oneSignalAtATime(inputOf(found.map((path) => readBars(path!))));
      const result = runHistorical(input);
      expect(result.trades.length).toBeGreaterThan(400);
      expect(await playBars(input)).toEqual(outcomeOfLoop(input, result));
    });
  },
);

function inputOf(bars: readonly TickBars[]): HistoricalInput {
  const markets = ['binance-spot', 'okx-spot'].flatMap((exchange) =>
    SYMBOLS.map((symbol, i): Market => {
      const units = { kind: 'spot', tickSize: '0.01', lotSize: '0.00001' } as const;
      return { exchange, symbol, instrument: instrumentOf(exchange, symbol, units), bars: bars[i]! };
    }),
  );
  const specs = STRATEGIES.map((text) => (parseStrategy(text) as { readonly spec: StrategySpec }).spec);
  return {
    config: parseConfig(DESK, 'desk.yaml'),
    markets,
    signals: strategySignals(specs, new Map(SYMBOLS.map((symbol, i) => [symbol, bars[i]!]))),
    funding: new Map(),
    createFills: createBarFills,
    clientOrderId: () => '',
    record: 'everything',
    equity: 'daily',
  };
}

function readBars(path: string): TickBars {
  const rows = (JSON.parse(gunzipSync(readFileSync(path)).toString()) as number[][]).slice(FROM, TO);
  const column = (place: number) => Float64Array.from(rows, (row) => Math.round(row[place]! * 100));
  return {
    length: rows.length,
    openTime: Float64Array.from(rows, (row) => row[0]!),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    intervalMs: 60_000,
  };
}
