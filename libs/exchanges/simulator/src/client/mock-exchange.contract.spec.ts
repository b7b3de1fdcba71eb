import { exchangeClientContract, ManualClock } from '@bowline/testkit';
import { MockScenario, PRICE, START } from './mock-exchange.spec-support.js';
import type { MockExchangeOptions } from './options.js';

function scenarioOf(options: Partial<MockExchangeOptions> = {}, now = START): MockScenario {
  return new MockScenario(new ManualClock(now), options);
}

function contract(name: string, options: Partial<MockExchangeOptions>): void {
  exchangeClientContract(name, () => {
    const scenario = scenarioOf(options).tick(PRICE);
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
