import { exchangeClientContract } from '@bowline/testkit';
import { MockScenario, PRICE } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function contract(name: string, options: Partial<MockExchangeOptions>): void {
  exchangeClientContract(name, () => {
    const scenario = new MockScenario(options).tick(PRICE);
    return {
      client: scenario.exchange.client('ikenna'),
      symbol: 'BTCUSDT',
      price: PRICE,
      now: () => scenario.clock.now(),
      moveTo: (price) => {
        scenario.tick(price);
      },
      settle: () => {
        scenario.settle();
      },
      close: () => scenario.exchange.close(),
    };
  });
}

contract('the mock exchange', {});
contract('the mock exchange, where messages take a different time each', { latencySpreadMs: 40, seed: 7 });
