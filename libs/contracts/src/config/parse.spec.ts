import { describe, expect, it } from '@jest/globals';
import { cash, decimal } from '@bowline/domain';
import type { ClientConfig } from './desk.js';
import { environmentProblem } from './environment-problem.js';
import { parseConfig } from './parse.js';

const parse = (...lines: string[]) => parseConfig(lines.join('\n'), 'desk.yaml');

/** The one client of a desk with one account, with more lines of its own. */
function client(...lines: string[]): ClientConfig {
  const desk = parse(
    'clients:',
    '  ikenna:',
    '    exchanges: { okx: { accountBalance: 1000 } }',
    ...lines.map((line) => `    ${line}`),
  );
  return desk.clients[0];
}

const DICT = `config = {
    # Environment Configuration
    'environment': 'cloud-dev',
    'mode': 'live',
    
    # Client Management
    'clients': {
        'ikenna': {
            'exchanges': {
                'BINANCE': {
                    'api_key': 'IKENNA_BINANCE_KEY',
                    'api_secret': 'IKENNA_BINANCE_SECRET',
                    'paper_trading': False
                }
            },
            'risk_params': {
                'take_profit_sd': 1.0,
                'stop_loss_sd': 2.0,
                'max_position_size': 1000.0,
                'max_leverage': 3.0
            },
            'order_params': {
                'default_order_type': 'market',
                'time_in_force': 'GTC',
                'max_slippage_bps': 10
            }
        }
        // ... other client configs ...
    },
    
    # Storage Configuration
    'storage': {
        'type': 'bigquery',
        'project': 'dev-project',
        'dataset': 'order_management'
    },
    
    # Messaging Configuration
    'messaging': {
        'type': 'pubsub',
        'project': 'dev-project',
        'topic': 'order_events'
    },
    
    # Process Management
    'process': {
        'memory_limit_mb': 1024,
        'cpu_limit': 1,
        'log_level': 'INFO'
    }
}
`;

describe('the configuration of the requirements', () => {
  it('works as it stands, a Python dict', () => {
    const desk = parse(DICT);
    expect(desk.environment).toBe('cloud-dev');
    expect(desk.clients).toHaveLength(1);
    expect(desk.clients[0]).toMatchObject({
      clientId: 'ikenna',
      accounts: [
        {
          exchange: 'BINANCE',
          accountBalance: null,
          symbols: null,
          credentials: { apiKey: 'env:IKENNA_BINANCE_KEY', apiSecret: 'env:IKENNA_BINANCE_SECRET' },
        },
      ],
      limits: { maxLeverage: decimal(3) },
      defaults: {
        takeProfit: { kind: 'sd', multiple: 1 },
        stopLoss: { kind: 'sd', multiple: 2 },
        orderType: 'market',
        timeInForce: 'GTC',
        maxSlippageBps: decimal(10),
        limits: { maxPositionSize: decimal(1000) },
      },
      strategies: null,
    });
  });

  it('says what it leaves to defaults, and what cannot be checked', () => {
    expect(parse(DICT).warnings).toEqual([
      'clients.ikenna: no sizing is set, so every entry is worth 1000 of the quote currency; set orderParams.sizing',
      'clients.ikenna: maxLeverage cannot be checked without accountBalance (BINANCE)',
    ]);
  });

  it('points at the right line and column of the dict where it is wrong', () => {
    const wrong = DICT.replace("'stop_loss_sd': 2.0", "'stop_loss_sd': -2.0");
    expect(() => parse(wrong)).toThrow(
      /^desk\.yaml:18:33: clients\.ikenna\.risk_params\.stop_loss_sd: expected a number above 0/,
    );
  });

  it.each([
    [
      'local-dev',
      '{"type": "duckdb", "path": "./local.db"}',
      "{'type': 'local_pubsub', 'queue_size': 1000}",
      "{'type': 'mock', 'latency_ms': 50, 'fill_ratio': 1.0}",
    ],
    [
      'local-integration',
      "{'type': 'duckdb', 'path': '/shared/data.db'}",
      "{'type': 'redis', 'host': 'redis'}",
      "{'type': 'simulator', 'latency_distribution': 'normal', 'fill_probability': 0.95}",
    ],
    [
      'cloud-dev',
      "{'type': 'bigquery', 'project': 'dev-project'}",
      "{'type': 'pubsub', 'project': 'dev-project'}",
      "{'type': 'paper_trading', 'use_real_market_data': True}",
    ],
  ])('takes the preset of %s', (environment, storage, messaging, exchanges) => {
    const preset = `PRESET = {
      'environment': '${environment}', 'storage': ${storage}, 'messaging': ${messaging},
      'dependencies': { 'exchanges': ${exchanges} },
      'clients': { 'ikenna': { 'exchanges': { 'okx': {} } } },
    }`;
    expect(parse(preset).environment).toBe(environment);
  });
});

describe('numbers', () => {
  it.each([
    ['0.1', '0.1'],
    ['0.10', '0.1'],
    ['123456789012345678.123456789012345678', '123456789012345678.123456789012345678'],
    ['1e-8', '0.00000001'],
    ["'0.3'", '0.3'],
    ['+2', '2'],
  ])('%s stays the exact decimal %s', (written, exact) => {
    expect(client(`riskParams: { maxPositionSize: ${written} }`).defaults.limits.maxPositionSize).toEqual(
      decimal(exact),
    );
  });

  it('become cash where they are amounts', () => {
    const { defaults, limits } = client('riskParams: { maxOrderValue: 0.1, maxDailyLoss: 12.5 }');
    expect(defaults.limits.maxOrderValue).toBe(cash('0.1'));
    expect(limits.maxDailyLoss).toBe(cash('12.5'));
  });

  it('of minutes become milliseconds', () => {
    expect(client('riskParams: { timeExitMinutes: 0.5 }').defaults.timeExitMs).toBe(30_000);
  });
});

describe('what is left out', () => {
  it('has the documented defaults', () => {
    const desk = parse('clients: { ikenna: { exchanges: { okx: } } }');
    expect(desk).toMatchObject({
      environment: 'local-dev',
      instruments: [],
      execution: {
        slippageBps: decimal(0),
        latencyMs: 0,
        fillProbability: 1,
        partialFillRatio: 1,
        intrabar: 'pessimistic',
        seed: 1,
      },
    });
    expect(desk.clients).toEqual([
      {
        clientId: 'ikenna',
        accounts: [
          {
            exchange: 'okx',
            accountBalance: null,
            feeMakerBps: decimal(2),
            feeTakerBps: decimal(5),
            hedgeMode: false,
            allowSynthetic: false,
            symbols: null,
          },
        ],
        limits: {
          maxLeverage: null,
          maxGrossExposure: null,
          maxNetExposure: null,
          maxDailyLoss: null,
          maxDrawdownPct: null,
          restrictedSymbols: [],
          duplicateOrderWindowMs: 0,
        },
        defaults: {
          sizing: { kind: 'fixedNotional', notional: cash(1000) },
          takeProfit: null,
          stopLoss: null,
          trailingStop: null,
          breakEven: null,
          timeExitMs: null,
          volatilityWindow: 20,
          orderType: 'market',
          limitOffsetBps: decimal(0),
          timeInForce: 'GTC',
          maxSlippageBps: null,
          entryPoint: 'open',
          mode: 'longShort',
          scaleIn: false,
          limits: {
            maxPositionSize: null,
            maxPositionNotional: null,
            maxOrderQuantity: null,
            maxOrderValue: null,
            maxConsecutiveLosses: null,
          },
        },
        strategies: null,
        routing: null,
        smartRouting: false,
      },
    ]);
  });

  it('may leave an empty section behind', () => {
    expect(client('riskParams:', 'orderParams:').defaults.mode).toBe('longShort');
  });
});

describe("a strategy's overrides", () => {
  const overridden = (own: string, ...ofClient: string[]) =>
    client(...ofClient, `strategies: { trend: ${own}, plain: }`).strategies?.get('trend');

  it.each([
    ['takeProfitSd: 2', 'takeProfitPct: 3', 'takeProfit', { kind: 'pct', percent: decimal(3) }],
    ['takeProfitPct: 2', 'takeProfitSd: 3', 'takeProfit', { kind: 'sd', multiple: 3 }],
    ['stopLossSd: 2', 'stopLossPct: 1.5', 'stopLoss', { kind: 'pct', percent: decimal('1.5') }],
    ['trailingStopPct: 2', 'trailingStopSd: 1', 'trailingStop', { kind: 'sd', multiple: 1 }],
    ['breakEvenSd: 2', 'breakEvenPct: 1', 'breakEven', { kind: 'pct', percent: decimal(1) }],
    ['stopLossSd: 2', 'stopLossSd: null', 'stopLoss', null],
    ['stopLossSd: 2', 'stopLossPct: null', 'stopLoss', null],
    ['stopLossSd: 2', 'stopLossSd: null, stopLossPct: 3', 'stopLoss', { kind: 'pct', percent: decimal(3) }],
    ['stopLossSd: 2', 'takeProfitSd: 3', 'stopLoss', { kind: 'sd', multiple: 2 }],
  ] as const)('turn %s of the client into %s', (ofClient, own, field, expected) => {
    const params = overridden(`{ riskParams: { ${own} } }`, `riskParams: { ${ofClient} }`);
    expect(params?.[field]).toEqual(expected);
  });

  it('replace sizing as a whole', () => {
    const params = overridden(
      '{ orderParams: { sizing: { fixedQuantity: 2 } } }',
      'orderParams: { mode: longOnly, sizing: { percentOfBalance: 5 } }',
    );
    expect(params).toMatchObject({
      mode: 'longOnly',
      sizing: { kind: 'fixedQuantity', quantity: decimal(2) },
    });
  });

  it('leave the other strategies and the client as they are', () => {
    const { defaults, strategies } = client(
      'riskParams: { stopLossSd: 2 }',
      'strategies: { trend: { riskParams: { stopLossSd: 1 } }, plain: }',
    );
    expect(defaults.stopLoss).toEqual({ kind: 'sd', multiple: 2 });
    expect(strategies?.get('plain')).toEqual(defaults);
    expect(strategies?.get('trend')).toEqual({ ...defaults, stopLoss: { kind: 'sd', multiple: 1 } });
  });

  it('are judged together with what the client says', () => {
    const wrong = () =>
      overridden(
        '{ orderParams: { mode: longShort } }',
        'riskParams: { takeProfitPct: 150 }',
        'orderParams: { mode: longOnly }',
      );
    expect(wrong).toThrow(/riskParams\.takeProfitPct: expected a number below 100 unless mode is longOnly/);
    const right = overridden('{ riskParams: { takeProfitPct: 150 }, orderParams: { mode: longOnly } }');
    expect(right?.takeProfit).toEqual({ kind: 'pct', percent: decimal(150) });
  });

  it('may size by balance where the client, which nobody follows as it is, could not', () => {
    const sized = (balance: string) => () =>
      parse(
        `clients: { a: { exchanges: { okx: { ${balance} } }, orderParams: { sizing: { riskPerTrade: 1 } }, strategies: { trend: { orderParams: { sizing: { fixedQuantity: 1 } } } } } }`,
      );
    expect(sized('')().clients[0].strategies?.get('trend')?.sizing.kind).toBe('fixedQuantity');
  });
});

describe('lists', () => {
  it('come sorted by code point', () => {
    const desk = parse(
      'clients:',
      '  b: { exchanges: { z: { symbols: [b, Z, a] }, Y: }, strategies: [t, S], riskParams: { restrictedSymbols: [q, P] }, routing: { z: 1, Y: 2 } }',
      '  C: { exchanges: { z: } }',
      'instruments: { z: { b: { lotSize: 1 }, Z: { lotSize: 1 } }, Y: { a: { lotSize: 1 } }, P: { lotSize: 1 } }',
    );
    expect(desk.clients.map(({ clientId }) => clientId)).toEqual(['C', 'b']);
    const [, b] = desk.clients;
    expect(b.accounts.map(({ exchange }) => exchange)).toEqual(['Y', 'z']);
    expect(b.accounts[1].symbols).toEqual(['Z', 'a', 'b']);
    expect([...(b.strategies?.keys() ?? [])]).toEqual(['S', 't']);
    expect([...(b.routing ?? [])]).toEqual([
      ['Y', decimal(2)],
      ['z', decimal(1)],
    ]);
    expect(b.limits.restrictedSymbols).toEqual(['P', 'q']);
    expect(desk.instruments.map(({ exchange, symbol }) => [exchange, symbol])).toEqual([
      [null, 'P'],
      ['Y', 'a'],
      ['z', 'Z'],
      ['z', 'b'],
    ]);
  });
});

describe('instruments', () => {
  const specOf = (instruments: string) =>
    parse('clients: { a: { exchanges: { okx: } } }', `instruments: ${instruments}`).instruments;

  it('stand by symbol for every exchange, or by exchange and symbol', () => {
    expect(
      specOf('{ BTCUSDT: { tick_size: 0.10, lotSize: 1e-3 }, okx: { ETHUSDT: { minNotional: 5 } } }'),
    ).toEqual([
      { exchange: null, symbol: 'BTCUSDT', spec: { tickSize: '0.1', lotSize: '0.001' } },
      { exchange: 'okx', symbol: 'ETHUSDT', spec: { minNotional: '5' } },
    ]);
  });

  it('keep everything that an option has', () => {
    const [{ spec }] = specOf(
      '{ BTC-C: { kind: option, base: BTC, quote: USD, settle: BTC, multiplier: 1, inverse: false, expiry: 2026-06-26T08:00:00Z, strike: 60000, right: call, tickTable: [{ from: 0, step: 0.5 }] } }',
    );
    expect(spec).toEqual({
      kind: 'option',
      base: 'BTC',
      quote: 'USD',
      settle: 'BTC',
      multiplier: '1',
      inverse: false,
      expiryMs: Date.UTC(2026, 5, 26, 8),
      strike: '60000',
      right: 'call',
      tickTable: [{ from: '0', step: '0.5' }],
    });
  });
});

describe('warnings', () => {
  it.each([
    [
      'riskPerTrade without a stop',
      ['orderParams: { sizing: { riskPerTrade: 1 } }'],
      /^clients\.ikenna: riskPerTrade sizes by the stop/,
    ],
    [
      'an offset of market orders',
      ['orderParams: { limitOffsetBps: 5, sizing: { fixedQuantity: 1 } }'],
      /^clients\.ikenna: limitOffsetBps has no effect/,
    ],
    [
      'more slippage than is allowed',
      ['orderParams: { maxSlippageBps: 5, sizing: { fixedQuantity: 1 } }', 'strategies: [trend]'],
      /^clients\.ikenna\.strategies\.trend: execution\.slippageBps is above/,
    ],
  ])('say %s', (_name, lines, warning) => {
    const desk = parse(
      'execution: { slippageBps: 6 }',
      'clients:',
      '  ikenna:',
      '    exchanges: { okx: { accountBalance: 1 } }',
      ...lines.map((line) => `    ${line}`),
    );
    expect(desk.warnings).toEqual([expect.stringMatching(warning)]);
  });

  it('say that no client has the exchange of an instrument', () => {
    const desk = parse(
      'clients: { a: { exchanges: { okx: }, orderParams: { sizing: { fixedQuantity: 1 } } } }',
      'instruments: { okxx: { BTC: { lotSize: 1 } } }',
    );
    expect(desk.warnings).toEqual(['instruments.okxx: no client has this exchange; did you mean okx?']);
  });
});

describe('YAML', () => {
  it('may begin with a byte order mark, as a dict may', () => {
    expect(parse('\ufeffclients: { a: { exchanges: { okx: } } }').clients).toHaveLength(1);
    expect(parse(`\ufeff${DICT}`).clients).toHaveLength(1);
  });

  it('lets clients share sections by anchors, aliases and merges', () => {
    const desk = parse(
      'clients:',
      '  a: { exchanges: &at { okx: { accountBalance: 5 } }, riskParams: &risk { stopLossSd: 2, take_profit_sd: 3 } }',
      '  b: { exchanges: *at, riskParams: { <<: *risk, takeProfitSd: 4 } }',
    );
    const [a, b] = desk.clients;
    expect(b.accounts).toEqual(a.accounts);
    expect(b.defaults).toEqual({ ...a.defaults, takeProfit: { kind: 'sd', multiple: 4 } });
  });

  it('reads ids as they are written, even where they look like numbers or truths', () => {
    const desk = parse('clients: { 007: { exchanges: { true: } , strategies: [1.10, null-s, off] } }');
    expect(desk.clients[0]).toMatchObject({ clientId: '007', accounts: [{ exchange: 'true' }] });
    expect([...(desk.clients[0].strategies?.keys() ?? [])]).toEqual(['1.10', 'null-s', 'off']);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])('takes %s for an id like any other', (id) => {
    const desk = parse(`clients: { ${id}: { exchanges: { okx: }, strategies: { ${id}: } } }`);
    expect(desk.clients[0].clientId).toBe(id);
    expect([...(desk.clients[0].strategies?.keys() ?? [])]).toEqual([id]);
  });
});

describe('environmentProblem', () => {
  const under = (text: string) =>
    environmentProblem(parse(`clients: { a: { exchanges: { sim: {} } } }\n${text}`));

  it.each([
    ['environment: local-dev'],
    ['environment: local-integration'],
    ['environment: local-integration\nmessaging: { type: redis, host: 10.0.0.5 }\njournal: { type: redis }'],
    [
      'environment: cloud-dev\nmessaging: { type: pubsub, project: p-1 }\ndependencies: { exchanges: { type: simulator } }',
    ],
    ['environment: local-dev\ndependencies: { exchanges: { type: simulator } }'],
  ])('has nothing against %j', (text) => {
    expect(under(text)).toBeNull();
  });

  it.each([
    ['environment: cloud-dev', 'say which with messaging: { type: pubsub, project: ... }'],
    ['messaging: { type: redis, host: redis }', 'mock exchanges live within one; use local_pubsub'],
    [
      'environment: cloud-dev\ndependencies: { exchanges: { type: simulator } }',
      'say which with messaging: { type: pubsub, project: ... }',
    ],
    [
      'storage: { type: bigquery, project: p-1 }',
      'storage.type bigquery is checked but cannot be run yet; use duckdb',
    ],
    ['journal: { type: redis }', 'journal.type redis needs messaging: { type: redis'],
  ])('says why %j cannot be run', (text, why) => {
    expect(under(text)).toContain(why);
  });
});
