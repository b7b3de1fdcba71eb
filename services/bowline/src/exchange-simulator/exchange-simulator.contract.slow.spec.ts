import { afterAll, beforeAll } from '@jest/globals';
import { exchangeClientContract, WorkFolder } from '@bowline/testkit';
import { clientOf, configOf, PRICE, SimulatorProcess, Told } from './simulator-process.spec-support.js';

let simulator: SimulatorProcess;
/** Each test trades an account that nobody has traded before. */
let accounts = 0;

beforeAll(async () => {
  simulator = await SimulatorProcess.start(work.file('bowline.yaml', configOf(40)), work.at('data'));
});

afterAll(() => simulator.kill());

const work = new WorkFolder('simulator-contract');

exchangeClientContract('a client of an exchange simulator in another process', async () => {
  accounts += 1;
  const account = `c${accounts}`;
  const remote = clientOf(simulator.url, account);
  const told = new Told();
  await simulator.moveTo('100.00');
  return {
    client: {
      exchange: remote.exchange,
      account,
      capabilities: remote.capabilities,
      pace: null,
      send: (request) => remote.send(request),
      connect: (onReport) =>
        remote.connect((report) => {
          onReport(report);
          told.push(report);
        }),
      close: () => remote.close(),
    },
    symbol: 'XYZUSDT',
    price: PRICE,
    now: () => Date.now(),
    moveTo: (price) => simulator.moveTo((price / 100).toFixed(2)),
    settle: async () => {
      while (remote.unanswered > 0) await told.next();
      const { sequence } = (await simulator.truth()).accounts[account]!;
      while (remote.lastSequence < sequence) await told.next();
    },
    close: () => undefined,
  };
});
