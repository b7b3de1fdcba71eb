import { exchangeClientContract, WorkFolder, type ExchangeBench } from '@bowline/testkit';
import type { ExchangeReport } from '@bowline/ports';
import { EXCHANGE, HELD, PRICE, SpotBench } from './binance-spot.spec-support.js';

const work = new WorkFolder('binance-spot-contract');
let opened = 0;

/** Spot sells only what it has: the account has some from the start, which counts as flat here. */
function lessHeld(report: ExchangeReport): ExchangeReport {
  return report.type === 'position' ? { ...report, signedQty: report.signedQty - HELD } : report;
}

exchangeClientContract(
  'a client of Binance spot, at the exchange simulator',
  async (): Promise<ExchangeBench> => {
    opened += 1;
    const bench = await SpotBench.open(work.at(`sim-${opened}`));
    const { client } = bench;
    return {
      client: {
        exchange: EXCHANGE,
        account: 'ikenna',
        capabilities: client.capabilities,
        pace: client.pace,
        send: (request) => client.send(request),
        async connect(onReport) {
          await bench.connect((report) => onReport(lessHeld(report)));
          // The first order makes the balance known, which is no news to anybody here.
          await bench.settle();
        },
        close: () => client.close(),
      },
      symbol: 'BTCUSDT',
      price: PRICE,
      now: () => Date.now(),
      moveTo: (price) => bench.moveTo(price),
      settle: () => bench.settle(),
      close: () => bench.close(),
    };
  },
);
