import { exchangeClientContract, WorkFolder, type ExchangeBench } from '@bowline/testkit';
import { clientOf, openSim, overheard, post, PRICE, truthOf } from './simulator.spec-support.js';

const work = new WorkFolder('exchange-contract');
let opened = 0;

function contract(name: string, latencyMs: number): void {
  exchangeClientContract(name, async (): Promise<ExchangeBench> => {
    opened += 1;
    const simulator = await openSim(work.at(`sim-${opened}`), {
      manners: { latencyMs },
    });
    const { url } = simulator;
    const remote = clientOf(url, 'ikenna');
    let onTold: () => void = () => undefined;
    const next = () =>
      new Promise<void>((resolve) => {
        onTold = resolve;
      });
    return {
      client: overheard(remote, () => onTold()),
      symbol: 'BTCUSDT',
      price: PRICE,
      now: () => Date.now(),
      moveTo: async (price) => {
        await post(url, '/market', { exchange: 'sim', symbol: 'BTCUSDT', price: (price / 100).toFixed(2) });
      },
      settle: async () => {
        while (remote.unanswered > 0) await next();
        const { sequence } = (await truthOf(url)).exchanges['sim']!.accounts['ikenna']!;
        while (remote.lastSequence < sequence) await next();
      },
      close: () => simulator.close(),
    };
  });
}

contract('a client of the exchange simulator', 0);
contract('a client of the exchange simulator, where messages take their time', 8);
