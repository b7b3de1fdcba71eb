import { afterEach, expect, it } from '@jest/globals';
import { openingSide } from '@bowline/domain';
import { SystemClock } from '@bowline/engine';
import { RemoteExchangeClient } from '@bowline/exchange-simulator';
import { createLogger } from '@bowline/telemetry';
import { runBowline, whenPresent, WorkFolder } from '@bowline/testkit';
import { findProgram } from '../cli/machine.js';
import { SEED_CONFIG, SEED_KEYS, shown } from './seed-numbers.spec-support.js';
import { UpDesk } from './up-desk.spec-support.js';

afterEach(() => UpDesk.killAll());
const work = new WorkFolder('up-external-positions');

/** A person with the account's own secret. */
async function byHand(desk: UpDesk, side: 'LONG' | 'SHORT', orderQty: number): Promise<void> {
  const client = new RemoteExchangeClient({
    ...{ url: desk.exchanges, exchange: 'binance-usdm', account: 'ikenna', token: 'development' },
    ...{ clock: new SystemClock(), logger: createLogger({ level: 'error', role: 'by-hand' }) },
  });
  const key = { strategyPositionId: 'by-hand', leg: 'e', generation: 0 } as const;
  await new Promise<void>((filled, failed) => {
    client
      .connect((report) => {
        if (report.type === 'trade') filled();
      })
      .then(() =>
        client.send({
          ...{
            type: 'place',
            clientOrderId: 'by-hand',
            symbol: 'BTCUSDT',
            ocoGroup: null,
            expiresAt: null,
            at: Date.now(),
          },
          terms: {
            ...{ key, side: openingSide(side), positionSide: side, orderType: 'market', orderQty },
            ...{ limitPrice: null, stopPrice: null, timeInForce: 'GTC', reduceOnly: false },
          },
        }),
      )
      .catch(failed);
  });
  await client.close();
}

whenPresent(
  'what a person trades beside a desk of processes',
  'redis-server',
  findProgram('redis-server'),
  () => {
    it('is found, given to a strategy, protected, and booked to it, from the command line', async () => {
      const config = work.file('bowline.yaml', SEED_CONFIG);
      const desk = await UpDesk.start(['--config', config, '--dir', work.at('desk'), '--hold'], SEED_KEYS);
      await desk.moveTo('binance-usdm', 'BTCUSDT', '45000');
      await byHand(desk, 'LONG', 3);

      const reason = ['--reason', 'traded by hand', '--url', desk.url];
      const reconciled = await runBowline(['reconcile', '--client', 'ikenna', ...reason, '--json']);
      expect(JSON.parse(reconciled.stdout)).toMatchObject({
        items: [{ external: '0.003', sumOfShares: '0.003', exchangeQuantity: '0.003', difference: '0' }],
      });

      const adopt = (quantity: string) =>
        runBowline([
          ...['adopt', '--client', 'ikenna', '--exchange', 'binance-usdm', '--symbol', 'BTCUSDT'],
          ...['--strategy', 'A', '--side', 'LONG', '--quantity', quantity, '--price', '45000'],
          ...['--take-profit', '48000', '--stop-loss', '43000', '--by', 'odi', ...reason, '--json', '--yes'],
        ]);
      expect(await adopt('0.0025')).toMatchObject({
        exitCode: 1,
        stderr: 'error: refused, QUANTITY_NOT_LOTS: the quantity is not a whole number of lots above 0\n',
      });
      const adopted = await adopt('0.003');
      expect(adopted).toMatchObject({ exitCode: 0, stderr: '' });
      expect(JSON.parse(adopted.stdout)).toMatchObject({
        items: [{ strategyId: 'A', openQuantity: '0.003' }],
      });
      await shown(desk, 'pairs', ([pair]) => pair?.['status'] === 'active');

      await desk.moveTo('binance-usdm', 'BTCUSDT', '48010');
      const [trade] = await shown(desk, 'trades', (all) => all.length === 1);
      expect(trade).toMatchObject({
        ...{ strategyId: 'A', quantity: '0.003', entryPrice: '45000', exitPrice: '48000' },
        ...{ closeReason: 'take_profit', realizedPnl: '9', signalPrice: null, orders: 't1' },
      });
      const { openOrders, positions } = (await desk.truth()).exchanges['binance-usdm']!.accounts['ikenna']!;
      expect([openOrders, positions]).toEqual([[], []]);
      const { exitCode, stderr } = await desk.stop();
      expect(stderr.split('\n').filter((line) => /\| (error|warn) /.test(line))).toEqual([]);
      expect(exitCode).toBe(0);
    }, 120_000);
  },
);
