import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { cash, createInstrument, decimal } from '@bowline/domain';
import { VirtualClock } from '@bowline/engine';
import { MockExchange, replayRecording } from '@bowline/exchange-simulator';
import { readRecording } from '@bowline/marketdata';
import { sharedData, whenPresent } from '@bowline/testkit';

const FILE = 'ticks/binance-usdm-btcusdt_20240808.gz';
const MINUTE = 60_000;
/** Orders and trades that the exchange remembers: reached within minutes. */
const REMEMBERED = 100;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

whenPresent('345 seconds of Binance USD-M', `../shared/data/${FILE}`, sharedData(FILE), (path) => {
  it('are played for an hour, with an account that trades, and memory does not grow', async () => {
    const { instrument, recording } = await readRecording(path, () =>
      createInstrument({
        ...{
          exchange: 'sim',
          symbol: 'BTCUSDT',
          kind: 'perpetual',
          base: 'BTC',
          quote: 'USDT',
          settle: 'USDT',
        },
        ...{ multiplier: '1', inverse: false, tickSize: '0.1', lotSize: '0.001', minNotional: '5' },
      }),
    );
    const clock = new VirtualClock(0);
    let fills = 0;
    const account = { account: 'ikenna', hedgeMode: false, balances: { USDT: cash(100_000) } };
    const exchange = new MockExchange({
      ...{ exchange: 'sim', clock, latencyMs: 0, instruments: [instrument], historyLimit: REMEMBERED },
      accounts: [{ ...account, feeMakerBps: decimal('2'), feeTakerBps: decimal('5') }],
      onCarriedOut: ({ reports }) => (fills += reports.filter(({ execType }) => execType === 'TRADE').length),
    });
    const source = replayRecording({ series: [{ instrument, recording }], sink: exchange, from: 0 });
    let [order, nextOrder] = [0, MINUTE / 60];
    const trade = (): void => {
      const side = order % 2 === 0 ? 'BUY' : 'SELL';
      const { asks, bids } = exchange.book('BTCUSDT');
      const price = side === 'BUY' ? bids[0]![0] : asks[0]![0];
      const terms = {
        account: 'ikenna',
        symbol: 'BTCUSDT',
        side,
        orderQty: 10,
        orderType: 'LIMIT',
        price,
      } as const;
      exchange.carryOut({ kind: 'new', clientOrderId: `o${order}`, ...terms });
      const old = { account: 'ikenna', symbol: 'BTCUSDT', clientOrderId: `o${order - 10}` };
      exchange.carryOut({ kind: 'cancel', ...old });
      order += 1;
    };
    const heaps: number[] = [];
    for (let until = 10 * MINUTE; until <= 60 * MINUTE; until += 10 * MINUTE) {
      for (let next = source.nextTime()!; next <= until; next = source.nextTime()!) {
        clock.step(next);
        source.step();
        for (; nextOrder <= next; nextOrder += 1_000) trade();
      }
      heaps.push(heap());
    }
    expect(fills).toBeGreaterThan(1_000);
    // What is kept is full after ten minutes: a number for each message would be 6 MB.
    expect(heaps.at(-1)! - heaps[1]!).toBeLessThan(3_000_000);
    await exchange.close();
  });
});
