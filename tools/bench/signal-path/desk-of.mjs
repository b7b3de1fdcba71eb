/** The desk of the benches that send signals through it: many clients, three symbols each, ten strategies. */
import { parseConfig } from '../../../libs/contracts/dist/index.js';
import { layOut } from '../../../libs/engine/dist/index.js';
import { mockMarkets } from '../../../services/bowline/dist/live/mock-markets.js';

export const EXCHANGE = 'binance-usdm';
export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
export const STRATEGIES = Array.from({ length: 10 }, (_, at) => `strategy-${at}`);
/** Of every trade, ticks. */
export const PRICE = 450_000;
/** Where the key lies that signs commands; processes of a desk that signs none need none. */
export const COMMAND_KEY = 'BOWLINE_BENCH_COMMAND_KEY';

/** @param {boolean} signs whether commands are signed, as between processes */
export function deskOf(clients, signs = false) {
  const key = signs ? `commandKey: env:${COMMAND_KEY}` : '';
  const client = `
    ${key}
    exchanges: { ${EXCHANGE}: { accountBalance: 10000000, feeMakerBps: 2, feeTakerBps: 5, ${key} } }
    riskParams: { takeProfitPct: 1, stopLossPct: 0.5, maxLeverage: 20 }
    orderParams: { sizing: { fixedQuantity: 0.01 } }
    strategies: [${STRATEGIES.join(', ')}]`;
  const all = Array.from({ length: clients }, (_, at) => `  client-${at}:${client}`).join('\n');
  const instruments = SYMBOLS.map((symbol) => `  ${symbol}: { tickSize: 0.1, lotSize: 0.001 }`).join('\n');
  const config = parseConfig(`clients:\n${all}\ninstruments:\n${instruments}\n`, 'bench');
  return { config, layout: layOut(config.clients, mockMarkets(config)) };
}

/** A feed of one price for each symbol, and what lets it be seen. */
export function quietFeed(clock) {
  const listeners = [];
  return {
    feed: { onUpdate: (listener) => listeners.push(listener), onBar: () => undefined },
    quote() {
      const quote = { bid: PRICE - 1, ask: PRICE + 1, last: PRICE, high: PRICE, low: PRICE };
      for (const symbol of SYMBOLS)
        for (const listener of listeners) listener({ exchange: EXCHANGE, symbol, at: clock.now(), ...quote });
    },
  };
}
