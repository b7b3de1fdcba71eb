import { exchangeClientContract, ManualClock } from '@bowline/testkit';
import { PRICE, START, tickAt } from '../client/mock-exchange.spec-support.js';
import { account, instrument } from '../matching/scenario.spec-support.js';
import { PositionIdExchange } from './position-id-exchange.js';

exchangeClientContract('an exchange whose positions have ids', () => {
  const clock = new ManualClock(START);
  const exchange = new PositionIdExchange({
    ...{ exchange: 'saxo', clock, instruments: [instrument()], accounts: [account('ikenna')] },
    // The contract asks for several things at once; what becomes of these is not a matter of the pace.
    orderMs: 0,
  });
  exchange.market.onTick(tickAt(PRICE));
  const client = exchange.client('ikenna');
  return {
    client: {
      ...client,
      // Of the log of orders, which comes later, and of single positions the contract says nothing.
      connect: (onReport) =>
        client.connect((report) => {
          if (report.type !== 'activity' && report.type !== 'positions') onReport(report);
        }),
    },
    symbol: 'BTCUSDT',
    price: PRICE,
    now: () => clock.now(),
    moveTo: (price) => exchange.market.onTick(tickAt(price)),
    settle: () => clock.settle(),
    close: () => exchange.market.close(),
  };
});
