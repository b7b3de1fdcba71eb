import { afterEach, expect, it } from '@jest/globals';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { command } from '../live/killed-desk.spec-support.js';
import { DialectDesk, get, until } from './dialect-desk.spec-support.js';

const work = new WorkFolder('paper-trading');
afterEach(() => DialectDesk.killAll());

const DESK = `
clients:
  ikenna:
    exchanges: { binance-usdm: { accountBalance: 100000, symbols: [BTCUSDT] } }
    riskParams: { takeProfitPct: 5, stopLossPct: 5 }
    orderParams: { sizing: { fixedQuantity: 0.01 } }
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
`;

interface Positions {
  readonly items: readonly {
    readonly strategyId: string;
    readonly openQuantity: string;
    readonly entryPrice: string | null;
    readonly status: string;
  }[];
}

interface Quotes {
  readonly bidPrice: string;
  readonly askPrice: string;
}

whenPresent(
  'paper trading on recorded ticks',
  'recorded ticks of Binance USD-M',
  sharedData('ticks/binance-usdm-btcusdt_20240808.gz'),
  (ticks) => {
    it("fills at the real market's prices, protects, and is still there after the process was killed", async () => {
      const market = await DialectDesk.open(work.file('market.yaml', DESK), work.at('market'), [
        ...['--ticks', `BTCUSDT=${ticks}`],
      ]);
      const config = work.file('desk.yaml', `${DESK}${market.dependencies('paper_trading')}`);
      const url = await market.trade(config, work.at('desk'));
      const ready = (at: string) =>
        until(
          () => fetch(`${at}/readyz`),
          ({ ok }) => ok,
        );
      await ready(url);
      const send = async (strategy: string, signal: 1 | -1): Promise<void> => {
        const body = JSON.stringify({ id: `${strategy}-1`, strategy, symbol: 'BTCUSDT', signal });
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(`${url}/v1/signals`, { method: 'POST', headers, body });
        expect(answer.status).toBe(202);
      };
      await send('long', 1);
      await send('short', -1);
      const positions = (at: string) => get<Positions>(at, '/v1/positions?status=open');
      const filled = await until(
        () => positions(url),
        ({ items }) => items.filter(({ openQuantity }) => Number(openQuantity) === 0.01).length === 2,
      );
      const quotes = await get<Quotes>(market.dialect, '/fapi/v1/ticker/bookTicker?symbol=BTCUSDT');
      for (const { entryPrice } of filled.items) {
        // The recording moves by less than a percent.
        expect(Math.abs(Number(entryPrice) / Number(quotes.askPrice) - 1)).toBeLessThan(0.01);
      }
      // Nobody at the exchange has seen any of it.
      const { accounts } = await market.truth();
      expect(Object.keys(accounts['ikenna']!.orders)).toEqual([]);

      await market.killDesk();
      const again = await market.trade(config, work.at('desk'));
      await ready(again);
      expect((await positions(again)).items.map(({ openQuantity }) => Number(openQuantity))).toEqual([
        0.01, 0.01,
      ]);
      await command(again, { type: 'close', all: true });
      await until(
        () => positions(again),
        ({ items }) => items.length === 0,
      );
      expect((await market.stopTrading()).exitCode).toBe(0);
      await market.close();
    }, 180_000);
  },
);
