import { beforeEach, describe, expect, it } from '@jest/globals';
import { NOW, post, testDesk } from './test-desk.spec-support.js';

const desk = await testDesk();
const url = `${desk.url}/v1/control`;
const SAID = { by: 'odi', reason: 'prices look wrong' };
const HALT = { type: 'trading_state', state: 'HALTED', ...SAID };
const ADOPT = {
  ...{ type: 'adopt', client: 'odum', ...SAID },
  scope: { exchange: 'binance-usdm', symbol: 'BTCUSDT', strategy: 'scout' },
  ...{ side: 'long', quantity: '0.50', price: 45_000.5, stop_loss: '44e3' },
};
const ANYTHING = { exchange: null, symbol: null, strategyId: null };

const A_NUMBER = 'a number above 0 with at most 18 digits on either side of the point';
const AN_ID = '1 to 64 letters, digits, dots, dashes or underscores';

beforeEach(() => desk.reset());

describe('a command', () => {
  it('goes to every client that it is about, and is answered with what that is', async () => {
    const sent = { ...HALT, id: 'c-1', all: true, scope: { exchange: 'binance-usdm', symbol: 'BTCUSDT' } };
    const { body, status } = await post(url, sent);
    const scope = { exchange: 'binance-usdm', symbol: 'BTCUSDT', strategyId: null };
    expect({ status, body }).toEqual({
      status: 202,
      body: {
        type: 'trading_state',
        state: 'HALTED',
        scope,
        ...SAID,
        addressed: [
          { client: 'ikenna', id: 'c-1/ikenna', channels: ['ikenna.binance-usdm.BTCUSDT'] },
          { client: 'odum', id: 'c-1/odum', channels: ['odum.binance-usdm.BTCUSDT'] },
        ],
      },
    });
    expect(desk.published()).toEqual(
      ['ikenna', 'odum'].map((client) => ({
        message: {
          topic: `control.${client}`,
          key: client,
          id: `c-1/${client}`,
          source: 'operator',
          epoch: 0,
          time: NOW,
          cause: null,
          traceparent: expect.any(String),
          data: expect.any(String),
        },
        body: { type: 'trading_state', tradingState: 'HALTED', clientId: client, scope, ...SAID },
      })),
    );
    expect(desk.log.lines).toContainEqual({ level: 'info', message: 'a command was taken' });
  });

  it.each<[string, object, string[]]>([
    ['one client', { client: 'odum' }, ['odum']],
    ['clients by name', { clients: ['odum', 'ikenna'] }, ['ikenna', 'odum']],
    ['an exchange that one has', { all: true, scope: { exchange: 'okx' } }, ['ikenna']],
    ['a strategy that one follows', { all: true, scope: { strategy: 'scout' } }, ['odum']],
    ['a symbol that one trades', { all: true, scope: { symbol: 'ETHUSDT' } }, ['ikenna']],
  ])('about %s goes to nobody else', async (_what, about, clients) => {
    const { status } = await post(url, { type: 'close', ...SAID, ...about });
    expect(status).toBe(202);
    expect(desk.published().map(({ body }) => (body as { clientId: string }).clientId)).toEqual(clients);
  });

  it('is one of its own each time it is given, unless it has an id', async () => {
    const sent = { type: 'retry', client: 'odum', ...SAID };
    await Promise.all([post(url, sent), post(url, sent)]);
    await Promise.all([post(url, { ...sent, id: 'x' }), post(url, { ...sent, id: 'x' })]);
    const ids = desk.published().map(({ message }) => message.id);
    expect([ids.length, new Set(ids).size, ids[3]]).toEqual([4, 3, 'x/odum']);
    expect(desk.published()[0].body).toEqual({ type: 'retry', clientId: 'odum', scope: ANYTHING, ...SAID });
  });
});

describe('an adoption', () => {
  it('goes to the one client that it is about, with exact figures', async () => {
    const { body, status } = await post(url, ADOPT);
    expect({ status, body }).toMatchObject({
      status: 202,
      body: {
        type: 'adopt',
        state: null,
        addressed: [{ client: 'odum', channels: ['odum.binance-usdm.BTCUSDT'] }],
      },
    });
    expect(desk.published().map((each) => each.body)).toEqual([
      {
        ...{ type: 'adopt', clientId: 'odum', ...SAID },
        scope: { exchange: 'binance-usdm', symbol: 'BTCUSDT', strategyId: 'scout' },
        ...{ side: 'LONG', quantity: '0.5', price: '45000.5', takeProfit: null, stopLoss: '44000' },
      },
    ]);
  });
});

describe('a command that is none', () => {
  it.each<[string, unknown, number, [path: string, message: string][]]>([
    [
      'without a word',
      {},
      400,
      [
        ['type', 'missing; expected trading_state, close, retry, reconcile or adopt'],
        ['by', 'missing; expected a text of 1 to 256 characters'],
        ['reason', 'missing; expected a text of 1 to 256 characters'],
      ],
    ],
    [
      'of an unknown type',
      { ...HALT, type: 'halt', client: 'odum' },
      400,
      [['type', 'expected trading_state, close, retry, reconcile or adopt, got "halt"']],
    ],
    ['to nobody', HALT, 400, [['client', 'missing; give client, clients, or "all": true']]],
    [
      'to one and all',
      { ...HALT, client: 'odum', all: true },
      400,
      [['all', 'client says whom it is about already; give one of them']],
    ],
    ['to all but not quite', { ...HALT, all: 'yes' }, 400, [['all', 'expected true, got "yes"']]],
    [
      'to an empty list',
      { ...HALT, clients: [] },
      400,
      [['clients', 'expected a list of client ids, got a list']],
    ],
    [
      'without its state',
      { type: 'trading_state', client: 'odum', ...SAID },
      400,
      [['state', 'missing; expected ACTIVE, REDUCING or HALTED']],
    ],
    [
      'with a state that is none',
      { ...HALT, client: 'odum', state: 'HALTD' },
      400,
      [['state', 'expected ACTIVE, REDUCING or HALTED (did you mean HALTED?), got "HALTD"']],
    ],
    [
      'with a state that it does not take',
      { ...HALT, type: 'close', client: 'odum' },
      400,
      [['state', 'only trading_state has a state; close takes none']],
    ],
    [
      'to adopt for everybody, of nothing, nowhere',
      { type: 'adopt', all: true, ...SAID, side: 'BUY' },
      400,
      [['side', 'expected LONG or SHORT, got "BUY"']],
    ],
    [
      'to adopt with almost nothing said',
      { type: 'adopt', all: true, ...SAID, scope: { symbol: 'BTCUSDT' }, state: 'HALTED' },
      400,
      [
        ['state', 'only trading_state has a state; adopt takes none'],
        ['all', 'what is adopted is in the account of one client; give client'],
        ['side', 'missing; expected LONG or SHORT'],
        ['quantity', `missing; expected ${A_NUMBER}`],
        ['price', `missing; expected ${A_NUMBER}`],
        ['scope.exchange', `missing; expected an exchange of ${AN_ID}`],
        ['scope.strategyId', `missing; expected a strategy id of ${AN_ID}`],
      ],
    ],
    [
      'to adopt nothing',
      { ...ADOPT, quantity: 0, price: '-1' },
      400,
      [
        ['quantity', `expected ${A_NUMBER}, got 0`],
        ['price', `expected ${A_NUMBER}, got "-1"`],
      ],
    ],
    [
      'to adopt, with a scope that cannot be read',
      { ...ADOPT, scope: { ...ADOPT.scope, symbl: 'x' } },
      400,
      [['scope.symbl', 'unknown field; did you mean symbol?']],
    ],
    [
      'to adopt for a strategy that the client does not follow',
      { ...ADOPT, scope: { ...ADOPT.scope, strategy: 'trend-slow' } },
      422,
      [['scope', 'odum has nothing there: BTCUSDT at binance-usdm of trend-slow']],
    ],
    [
      'to reconcile one strategy',
      { type: 'reconcile', all: true, ...SAID, scope: { strategy: 'scout' }, price: 5 },
      400,
      [
        ['price', 'only adopt has a price; reconcile takes none'],
        ['scope.strategyId', 'a channel is reconciled whole; leave the strategy out'],
      ],
    ],
    [
      'without a reason',
      { ...HALT, client: 'odum', reason: '  ' },
      400,
      [['reason', 'expected a text of 1 to 256 characters, got "  "']],
    ],
    [
      'with its scope beside it',
      { ...HALT, client: 'odum', symbol: 'BTCUSDT' },
      400,
      [
        [
          'symbol',
          'unknown field; known here: id, type, client, clients, all, state, side, quantity, price, takeProfit, stopLoss, by, reason',
        ],
      ],
    ],
    [
      'with a scope that is a text',
      { ...HALT, client: 'odum', scope: 'BTCUSDT' },
      400,
      [['scope', 'expected an object, got "BTCUSDT"']],
    ],
    [
      'with a misspelled scope',
      { ...HALT, client: 'odum', scope: { symbols: 'BTCUSDT' } },
      400,
      [['scope.symbols', 'unknown field; did you mean symbol?']],
    ],
    ['that is a list', [HALT], 400, [['', 'expected an object, got a list']]],
    [
      'to a stranger',
      { ...HALT, client: 'odun' },
      422,
      [['client', 'there is no client "odun"; did you mean odum?']],
    ],
    [
      'about what is not there',
      { ...HALT, all: true, scope: { exchange: 'kraken', symbol: 'BTCUSD', strategy: 'scouts' } },
      422,
      [
        ['scope.exchange', 'there is no exchange "kraken"; known here: binance-usdm, okx'],
        ['scope.symbol', 'there is no symbol "BTCUSD"; did you mean BTCUSDT?'],
        ['scope.strategyId', 'there is no strategy "scouts"; did you mean scout?'],
      ],
    ],
    [
      'about what the client has not',
      { ...HALT, clients: ['odum', 'ikenna'], scope: { exchange: 'okx', symbol: 'BTCUSDT' } },
      422,
      [['scope', 'odum has nothing there: BTCUSDT at okx']],
    ],
    [
      'about what nobody has',
      { ...HALT, all: true, scope: { symbol: 'SOLUSDT', strategy: 'trend-slow' } },
      422,
      [['scope', 'no client has anything there: SOLUSDT of trend-slow']],
    ],
  ])('(%s) is refused whole', async (_what, sent, status, faults) => {
    const answer = await post(url, sent);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status,
      body: { status, errors: faults.map(([path, message]) => ({ path, message })) },
    });
    expect(desk.published()).toEqual([]);
    expect((await post(url, { ...HALT, client: 'odum' })).status).toBe(202);
  });
});

describe('a bus that does not confirm a command', () => {
  it('is told with the id under which it can be given again', async () => {
    await desk.bus.close();
    const { body, headers, status } = await post(url, { ...HALT, id: 'c-9', client: 'odum' });
    expect({ status, retry: headers.get('retry-after'), body }).toMatchObject({
      status: 503,
      retry: '1',
      body: { type: 'urn:bowline:problem:unconfirmed', detail: expect.stringContaining('with the id c-9') },
    });
  });
});
