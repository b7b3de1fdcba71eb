import { exchangeClientContract, WorkFolder, type ExchangeBench } from '@bowline/testkit';
import { BinanceBench, EXCHANGE, PRICE } from './binance-usdm.spec-support.js';

const work = new WorkFolder('binance-usdm-contract');
let opened = 0;

exchangeClientContract(
  'a client of Binance USD-M, at the exchange simulator',
  async (): Promise<ExchangeBench> => {
    opened += 1;
    const bench = await BinanceBench.open(work.at(`sim-${opened}`));
    const { client } = bench;
    return {
      client: {
        exchange: EXCHANGE,
        account: 'ikenna',
        capabilities: client.capabilities,
        pace: client.pace,
        send: (request) => client.send(request),
        connect: (onReport) => bench.connect(onReport),
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
