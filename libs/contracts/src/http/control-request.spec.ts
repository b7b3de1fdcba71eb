import { describe, expect, it } from '@jest/globals';
import { readControl } from './control-request.js';

const said = { by: 'odi', reason: 'prices look wrong' };
const anything = { exchange: null, symbol: null, strategyId: null };

describe('a command of a request', () => {
  it.each<[string, unknown, unknown]>([
    [
      'for one client',
      { type: 'trading_state', client: 'ikenna', state: 'halted', ...said },
      {
        id: null,
        command: { type: 'trading_state', tradingState: 'HALTED' },
        clients: ['ikenna'],
        scope: anything,
      },
    ],
    [
      'for several, each once',
      { type: 'close', clients: ['odum', 'ikenna', 'odum'], scope: { strategy: 'trend' }, ...said },
      {
        id: null,
        command: { type: 'close' },
        clients: ['odum', 'ikenna'],
        scope: { ...anything, strategyId: 'trend' },
      },
    ],
    [
      'for all, under an id',
      { id: 'c-1', type: 'retry', all: true, scope: { exchange: 'okx', symbol: 'BTCUSDT' }, ...said },
      {
        id: 'c-1',
        command: { type: 'retry' },
        clients: null,
        scope: { exchange: 'okx', symbol: 'BTCUSDT', strategyId: null },
      },
    ],
    [
      'for an adoption',
      {
        ...{
          type: 'adopt',
          client: 'odum',
          side: 'short',
          quantity: '1.50',
          price: 45e3,
          takeProfit: '44000',
        },
        ...{ scope: { exchange: 'okx', symbol: 'BTCUSDT', strategy: 'trend' }, ...said },
      },
      {
        id: null,
        command: {
          ...{ type: 'adopt', scope: { exchange: 'okx', symbol: 'BTCUSDT', strategyId: 'trend' } },
          ...{ side: 'SHORT', quantity: '1.5', price: '45000', takeProfit: '44000', stopLoss: null },
        },
        clients: ['odum'],
        scope: { exchange: 'okx', symbol: 'BTCUSDT', strategyId: 'trend' },
      },
    ],
  ])('is read %s', (_what, body, command) => {
    expect(readControl(body)).toEqual({ ok: true, value: { ...(command as object), ...said } });
  });
});
