import { describe, expect, it } from '@jest/globals';
import { InputError } from '../errors.js';
import { parseConfig } from './parse.js';

/** A client around which things are broken. Its own lines begin in line 4. */
function client(...lines: string[]): string {
  return [
    'clients:',
    '  ikenna:',
    '    exchanges: { okx: { accountBalance: 1000 } }',
    ...lines.map((line) => `    ${line}`),
    '',
  ].join('\n');
}

/** A whole client in line 1, and what is broken beside it from line 2 on. */
function withTop(...lines: string[]): string {
  return ['clients: { ikenna: { exchanges: { okx: {} } } }', ...lines, ''].join('\n');
}

/** What is broken, the file, and what is said of it, each with line and column in front. */
const BROKEN: readonly (readonly [string, string, readonly string[]])[] = [
  ['an empty file', '', ['1:1: the file is empty; expected at least clients']],
  ['a file of comments only', '# nothing\n', ['1:1: the file is empty; expected at least clients']],
  ['no clients', 'mode: mock\n', ['1:1: clients: missing; expected a mapping']],
  ['clients without a client', 'clients:\nmode: mock\n', ['1:1: clients: expected at least one client']],
  ['a list in place of the desk', '- clients\n', ['1:1: expected a mapping, got a list']],
  [
    'a client without exchanges',
    'clients: { ikenna: { riskParams: { maxLeverage: 2 } } }\n',
    ['1:12: clients.ikenna.exchanges: missing; expected a mapping'],
  ],
  [
    'a client with an empty mapping of exchanges',
    'clients: { ikenna: { exchanges: {} } }\n',
    ['1:22: clients.ikenna.exchanges: expected at least one exchange'],
  ],
  ['a scalar for a section', 'clients: { ikenna: 5 }\n', ['1:20: clients.ikenna: expected a mapping, got 5']],
  [
    'a list for a section',
    client('riskParams: [1, 2]'),
    ['4:17: clients.ikenna.riskParams: expected a mapping, got a list'],
  ],
  [
    'a key at the top that does not exist',
    withTop('clinets: {}'),
    ['2:1: clinets: unknown key; did you mean clients?'],
  ],
  [
    'a misspelled key',
    client('riskParams: { stopLosSd: 2 }'),
    ['4:19: clients.ikenna.riskParams.stopLosSd: unknown key; did you mean stopLossSd?'],
  ],
  [
    'a misspelled key in snake_case',
    client('risk_params: { stop_los_sd: 2 }'),
    ['4:20: clients.ikenna.risk_params.stop_los_sd: unknown key; did you mean stop_loss_sd?'],
  ],
  [
    'half a name',
    client('riskParams: { takeProfit: 2 }'),
    ['4:19: clients.ikenna.riskParams.takeProfit: unknown key; did you mean takeProfitSd or takeProfitPct?'],
  ],
  [
    'a key unlike any other',
    client('orderParams: { leverage10x: 3 }'),
    [
      '4:20: clients.ikenna.orderParams.leverage10x: unknown key; known here: defaultOrderType, limitOffsetBps, timeInForce, maxSlippageBps, entryPoint, mode, scaleIn, sizing, execution',
    ],
  ],
  [
    'a key of another section',
    client('orderParams: { stopLossSd: 3 }'),
    [
      '4:20: clients.ikenna.orderParams.stopLossSd: unknown key here; it belongs in clients.ikenna.riskParams',
    ],
  ],
  [
    'the same key twice',
    client('riskParams:', '  stopLossSd: 1', '  stopLossSd: 2'),
    ['6:7: clients.ikenna.riskParams.stopLossSd: given twice; first in line 5'],
  ],
  [
    'the same field in both spellings',
    client('riskParams:', '  stop_loss_sd: 1', '  stopLossSd: 2'),
    ['6:7: clients.ikenna.riskParams.stopLossSd: given twice; first in line 5, as stop_loss_sd'],
  ],
  [
    'the same client twice',
    'clients:\n  a: { exchanges: { okx: {} } }\n  a: { exchanges: { okx: {} } }\n',
    ['3:3: clients.a: given twice; first in line 2'],
  ],
  [
    'a key without a value',
    client('riskParams:', '  stopLossSd:', '  takeProfitSd: 2'),
    [
      '5:7: clients.ikenna.riskParams.stopLossSd: has no value; remove the line, or write null to switch it off',
    ],
  ],
  [
    'a text where a number belongs',
    client('riskParams: { stopLossSd: two }'),
    [
      '4:31: clients.ikenna.riskParams.stopLossSd: expected a number above 0 (multiples of volatility x entry price), got two',
    ],
  ],
  [
    'a negative distance',
    client('riskParams: { stopLossSd: -2 }'),
    [
      '4:31: clients.ikenna.riskParams.stopLossSd: expected a number above 0 (multiples of volatility x entry price), got -2',
    ],
  ],
  [
    'a distance of zero',
    client('riskParams: { trailingStopPct: 0 }'),
    [
      '4:36: clients.ikenna.riskParams.trailingStopPct: expected a number above 0 and below 100 (percent: 2 means 2 %), got 0',
    ],
  ],
  [
    'NaN',
    client('riskParams: { maxLeverage: .nan }'),
    ['4:32: clients.ikenna.riskParams.maxLeverage: expected a number above 0 (times), got .nan'],
  ],
  [
    'infinity',
    client('riskParams: { maxLeverage: .inf }'),
    ['4:32: clients.ikenna.riskParams.maxLeverage: expected a number above 0 (times), got .inf'],
  ],
  [
    'a hexadecimal number',
    client('riskParams: { maxLeverage: 0x10 }'),
    ['4:32: clients.ikenna.riskParams.maxLeverage: expected a number above 0 (times), got 0x10'],
  ],
  [
    'a comma inside a number',
    client('riskParams:', '  maxOrderValue: 10,000'),
    [
      '5:22: clients.ikenna.riskParams.maxOrderValue: expected a number above 0 (quote currency), got "10,000"',
    ],
  ],
  [
    'more decimals than money has',
    client('riskParams: { maxOrderValue: 0.0000000000000000001 }'),
    [
      '4:34: clients.ikenna.riskParams.maxOrderValue: expected at most 18 decimals, got 0.0000000000000000001',
    ],
  ],
  [
    'a number beyond all money',
    client('riskParams: { maxOrderValue: 1e30 }'),
    [
      '4:34: clients.ikenna.riskParams.maxOrderValue: expected at most 18 digits before the decimal point, got 1e30',
    ],
  ],
  [
    'a fraction where a whole number belongs',
    client('riskParams: { volatilityWindow: 20.5 }'),
    [
      '4:37: clients.ikenna.riskParams.volatilityWindow: expected a whole number from 2 to 100000 (log returns of closes), got 20.5',
    ],
  ],
  [
    'a volatility of one return',
    client('riskParams: { volatilityWindow: 1 }'),
    [
      '4:37: clients.ikenna.riskParams.volatilityWindow: expected a whole number from 2 to 100000 (log returns of closes), got 1',
    ],
  ],
  [
    'a mapping for a number',
    client('riskParams: { maxLeverage: { value: 3 } }'),
    ['4:32: clients.ikenna.riskParams.maxLeverage: expected a number above 0 (times), got a mapping'],
  ],
  [
    'null where there is no off',
    client('orderParams: { timeInForce: null }'),
    ['4:33: clients.ikenna.orderParams.timeInForce: expected GTC, IOC, FOK or GTX, got null'],
  ],
  [
    'a stop-loss of the whole price',
    client('riskParams: { stopLossPct: 100 }'),
    [
      '4:32: clients.ikenna.riskParams.stopLossPct: expected a number above 0 and below 100 (percent: 2 means 2 %), got 100',
    ],
  ],
  [
    'a take-profit below a price of zero',
    client('riskParams: { takeProfitPct: 120 }'),
    [
      '4:34: clients.ikenna.riskParams.takeProfitPct: expected a number below 100 unless mode is longOnly (the take-profit of a short would lie at 0 or below), got 120',
    ],
  ],
  [
    'two measures of one distance',
    client('riskParams: { takeProfitSd: 2, takeProfitPct: 3 }'),
    [
      '4:36: clients.ikenna.riskParams.takeProfitPct: takeProfitPct and takeProfitSd exclude each other; keep one',
    ],
  ],
  [
    'two sizings',
    client('orderParams: { sizing: { fixedQuantity: 1, riskPerTrade: 1 } }'),
    [
      '4:48: clients.ikenna.orderParams.sizing.riskPerTrade: riskPerTrade and fixedQuantity exclude each other; keep one',
    ],
  ],
  [
    'an empty sizing',
    client('orderParams: { sizing: {} }'),
    [
      '4:20: clients.ikenna.orderParams.sizing: expected exactly one of fixedQuantity, fixedNotional, percentOfBalance, riskPerTrade',
    ],
  ],
  [
    'a sizing by a balance that nobody knows',
    withTop().replace('okx: {} }', 'okx: {} }, orderParams: { sizing: { percentOfBalance: 5 } }'),
    [
      '1:71: clients.ikenna.orderParams.sizing.percentOfBalance: needs a balance, and clients.ikenna.exchanges.okx.accountBalance is not set; set it, or size by fixedQuantity or fixedNotional',
    ],
  ],
  [
    'a word that is no choice',
    client('orderParams: { defaultOrderType: stop }'),
    ['4:38: clients.ikenna.orderParams.defaultOrderType: expected market or limit, got stop'],
  ],
  [
    'a misspelled choice',
    client('orderParams: { defaultOrderType: limti }'),
    [
      '4:38: clients.ikenna.orderParams.defaultOrderType: expected market or limit, got limti; did you mean limit?',
    ],
  ],
  [
    'a choice in the wrong case',
    client('orderParams: { timeInForce: gtc }'),
    [
      '4:33: clients.ikenna.orderParams.timeInForce: expected GTC, IOC, FOK or GTX, got gtc; did you mean GTC?',
    ],
  ],
  [
    'post-only market orders',
    client('orderParams: { timeInForce: GTX }'),
    ['4:33: clients.ikenna.orderParams.timeInForce: GTX (only as maker) needs defaultOrderType: limit'],
  ],
  [
    'yes for true',
    client('orderParams: { scaleIn: yes }'),
    ['4:29: clients.ikenna.orderParams.scaleIn: expected true or false, got yes; write true'],
  ],
  [
    'a client limit in an override',
    client('strategies: { trend: { riskParams: { maxDailyLoss: 5 } } }'),
    [
      '4:42: clients.ikenna.strategies.trend.riskParams.maxDailyLoss: a limit of the client, not of one strategy; it belongs in clients.ikenna.riskParams',
    ],
  ],
  [
    'an override outside of its group',
    client('strategies: { trend: { stopLossSd: 5 } }'),
    [
      '4:28: clients.ikenna.strategies.trend.stopLossSd: unknown key here; it belongs in clients.ikenna.strategies.trend.riskParams',
    ],
  ],
  [
    'one strategy in place of a list',
    client('strategies: trend'),
    [
      '4:17: clients.ikenna.strategies: expected a list of strategy ids, or a mapping from strategy ids to overrides, got trend',
    ],
  ],
  [
    'no strategy in the list',
    client('strategies: []'),
    [
      '4:5: clients.ikenna.strategies: expected at least one strategy; leave the line out to follow every strategy',
    ],
  ],
  [
    'a strategy listed twice',
    client('strategies: [trend, trend]'),
    ['4:25: clients.ikenna.strategies[1]: trend is listed twice'],
  ],
  [
    'a strategy id with a blank',
    client('strategies: [my trend]'),
    [
      '4:18: clients.ikenna.strategies[0]: expected a strategy id of 1 to 64 letters, digits, dots, dashes or underscores, got "my trend"',
    ],
  ],
  [
    'a client id with a slash',
    'clients: { a/b: { exchanges: { okx: {} } } }\n',
    [
      '1:12: clients.a/b: not usable as a client id; expected 1 to 64 letters, digits, dots, dashes or underscores',
    ],
  ],
  [
    'ids that differ only by case',
    'clients:\n  a: { exchanges: { okx: {} } }\n  b: { exchanges: { OKX: {} } }\n',
    ['3:21: clients.b.exchanges.OKX: exchange OKX differs only by case from okx; write it one way'],
  ],
  [
    'no symbol in the list',
    'clients: { a: { exchanges: { okx: { symbols: [] } } } }\n',
    [
      '1:46: clients.a.exchanges.okx.symbols: expected at least one symbol; leave the line out to trade every symbol that has bars',
    ],
  ],
  [
    'a route to an exchange of nobody',
    client('routing: { okk: 1 }'),
    ['4:16: clients.ikenna.routing.okk: the client has no such exchange; did you mean okx?'],
  ],
  [
    'weights beside smart routing',
    client('routing: { okx: 1 }', 'smartRouting: true'),
    ['5:5: clients.ikenna.smartRouting: routing says already how signals are split; leave one of them out'],
  ],
  [
    'routes without weight',
    client('routing: { okx: 0 }'),
    ['4:5: clients.ikenna.routing: expected at least one weight above 0'],
  ],
  [
    'an API key itself',
    'clients: { a: { exchanges: { okx: { apiKey: Zx81kLmPq0aBcD } } } }\n',
    [
      '1:45: clients.a.exchanges.okx.apiKey: expected a reference such as env:IKENNA_BINANCE_KEY or file:/run/secrets/key, never the secret itself, got a text that is not shown here',
    ],
  ],
  [
    'an API secret of capitals and digits',
    'clients: { a: { exchanges: { okx: { apiSecret: 22582BD0CFF14C41EDBF1AB98506286D } } } }\n',
    [
      '1:48: clients.a.exchanges.okx.apiSecret: expected a reference such as env:IKENNA_BINANCE_KEY or file:/run/secrets/key, never the secret itself, got a text that is not shown here',
    ],
  ],
  [
    'a misspelled instrument field',
    withTop('instruments: { BTCUSDT: { tickSise: 0.1 } }'),
    ['2:27: instruments.BTCUSDT.tickSise: unknown key; did you mean tickSize?'],
  ],
  [
    'an instrument that is a number',
    withTop('instruments: { BTCUSDT: 0.1 }'),
    [
      '2:25: instruments.BTCUSDT: expected the fields of an instrument, or a mapping from symbols to them, got 0.1',
    ],
  ],
  [
    'an inverse contract',
    withTop('instruments: { BTCUSD: { inverse: true } }'),
    [
      '2:35: instruments.BTCUSD.inverse: inverse contracts are not supported: their profit is no finite decimal of the quote currency',
    ],
  ],
  [
    'an option without a strike',
    withTop('instruments: { okx: { BTC-C: { kind: option, expiry: 2026-06-26, right: call } } }'),
    ['2:23: instruments.okx.BTC-C.strike: missing; an option has expiry, strike and right'],
  ],
  [
    'a strike without an option',
    withTop('instruments: { BTCUSDT: { strike: 5 } }'),
    ['2:27: instruments.BTCUSDT.strike: only with kind: option'],
  ],
  [
    'a day that does not exist',
    withTop('instruments: { BTCM6: { kind: future, expiry: 2026-02-30 } }'),
    [
      '2:47: instruments.BTCM6.expiry: expected a UTC date such as 2026-06-26 or 2026-06-26T08:00:00Z, got 2026-02-30',
    ],
  ],
  [
    'units that money cannot hold',
    withTop('instruments: { X: { tickSize: 1e-10, lotSize: 1e-10 } }'),
    [
      '2:38: instruments.X.lotSize: tickSize x lotSize x multiplier has 20 decimals; at most 18 can be kept exactly',
    ],
  ],
  [
    'a tick table that descends',
    withTop('instruments: { X: { tickSize: 1, tickTable: [{ from: 9, step: 1 }, { from: 5, step: 2 }] } }'),
    ['2:76: instruments.X.tickTable[1].from: expected ascending prices'],
  ],
  [
    'a step off the tick',
    withTop('instruments: { X: { tickSize: 0.2, tickTable: [{ from: 0, step: 0.5 }] } }'),
    ['2:65: instruments.X.tickTable[0].step: expected a multiple of tickSize 0.2, got 0.5'],
  ],
  [
    'half a tick band',
    withTop('instruments: { X: { tickTable: [{ from: 0 }] } }'),
    ['2:33: instruments.X.tickTable[0].step: missing; expected a number above 0 (quote currency)'],
  ],
  [
    'a probability above 1',
    withTop('execution: { fillProbability: 1.01 }'),
    ['2:31: execution.fillProbability: expected a number from 0 to 1 (fraction), got 1.01'],
  ],
  [
    'a partial fill of nothing',
    withTop('execution: { partialFillRatio: 0 }'),
    ['2:32: execution.partialFillRatio: expected a number above 0 and of at most 1 (fraction), got 0'],
  ],
  [
    'an unknown environment',
    withTop('environment: prod'),
    ['2:14: environment: expected local-dev, local-integration, cloud-dev or production, got prod'],
  ],
  [
    'an unknown kind of storage',
    withTop('storage: { type: mongodb }'),
    ['2:18: storage.type: expected one of duckdb, bigquery, got mongodb'],
  ],
  [
    'a storage without its path',
    withTop('storage: { type: duckdb }'),
    ['2:1: storage.path: missing; expected a file name'],
  ],
  [
    'a key of another kind of storage',
    withTop('storage: { type: duckdb, path: a.db, project: p }'),
    ['2:38: storage.project: unknown key; known here: type, path'],
  ],
  [
    'a tab in the indentation',
    'clients:\n\tikenna: 1\n',
    ['2:1: not valid YAML: a tab in the indentation; use spaces'],
  ],
  [
    'an open bracket',
    'clients: { ikenna: { exchanges: [ }\n',
    ['1:35: not valid YAML: wrong indentation, or a bracket that is not closed'],
  ],
  [
    'an open quote',
    "clients: { 'ikenna: 1 }\n",
    ['2:1: not valid YAML: a colon or a closing quote is missing'],
  ],
  [
    'two colons on a line',
    'mode: mock: live\n',
    [
      '1:7: not valid YAML: a second ": " on one line, or a line that is indented further than the one above allows',
    ],
  ],
  [
    'a missing comma in braces',
    'execution: { latencyMs: 1 slippageBps: 2 }\n',
    ['1:25: not valid YAML: a comma is missing between two entries in braces'],
  ],
  [
    'an alias of nothing',
    withTop('execution: *fills'),
    ['2:12: an alias (*) of an anchor (&) that does not exist above'],
  ],
  [
    'an alias of itself',
    'clients: &all { ikenna: *all }\n',
    ['1:15: aliases that unfold too far, or into themselves'],
  ],
  [
    'a tag',
    withTop('mode: !env MODE'),
    ['2:7: tags (!...) and anchors that end in a colon are not supported'],
  ],
  ['a second document', withTop('---', 'mode: mock'), ['3:1: a second document (---); one file holds one']],
  [
    'a missing space after a colon',
    'clients: { a: { exchanges: { okx: {apiKey:Zx81kLmPq0aBcD} } } }\n',
    ['1:36: clients.a.exchanges.okx.apiKey...: a blank is missing after the colon'],
  ],
  [
    'a merge of what is no mapping',
    withTop('execution: { <<: 5 }'),
    ['2:18: << needs an alias of a mapping, or a list of such'],
  ],
  [
    'the name of the prototype',
    'clients: { __proto__: { exchanges: { okx: {} } } }\n',
    ['1:1: clients: expected at least one client', '1:12: clients.__proto__: not usable as a key'],
  ],
];

function problemsOf(text: string): readonly string[] {
  try {
    parseConfig(text, 'desk.yaml');
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('parseConfig refuses', () => {
  it.each(BROKEN)('%s', (_name, text, problems) => {
    expect(problemsOf(text)).toEqual(problems.map((problem) => `desk.yaml:${problem}`));
  });
});

describe('a refusal', () => {
  const text = [
    'clients:',
    '  ikenna:',
    '    exchanges:',
    '      okx: { feeMakerBps: cheap, hedgeMod: true }',
    '    risk_params: { stopLossSd: -1, max_leverage: 0 }',
    '  odum: { exchanges: {} }',
    'execution: { seed: 1.5 }',
    'mode: fast',
    '',
  ].join('\n');

  it('names every wrong field at once, in the order of the file', () => {
    expect(problemsOf(text)).toEqual([
      'desk.yaml:4:27: clients.ikenna.exchanges.okx.feeMakerBps: expected a number from -100 to 1000 (basis points), got cheap',
      'desk.yaml:4:34: clients.ikenna.exchanges.okx.hedgeMod: unknown key; did you mean hedgeMode?',
      'desk.yaml:5:32: clients.ikenna.risk_params.stopLossSd: expected a number above 0 (multiples of volatility x entry price), got -1',
      'desk.yaml:5:50: clients.ikenna.risk_params.max_leverage: expected a number above 0 (times), got 0',
      'desk.yaml:6:11: clients.odum.exchanges: expected at least one exchange',
      'desk.yaml:7:20: execution.seed: expected a whole number of at least 0, got 1.5',
      'desk.yaml:8:7: mode: expected live, mock, simulation or historical, got fast',
    ]);
  });

  it('says all of it in its message, one line each', () => {
    expect(() => parseConfig(text, 'desk.yaml')).toThrow(problemsOf(text).join('\n'));
  });

  it('points at lines of a file with carriage returns', () => {
    expect(problemsOf(text.replaceAll('\n', '\r\n'))).toEqual(problemsOf(text));
  });

  it.each([
    'apiKey: Zx81kLmPq0aBcD',
    'apiKey: "env:Zx81kLmPq0aBcD!"',
    'apiKey: [Zx81kLmPq0aBcD]',
    'apikey: Zx81kLmPq0aBcD',
    'apiKey:Zx81kLmPq0aBcD',
    'apiKey=Zx81kLmPq0aBcD: 1',
    'hedgeMode: secret=Zx81kLmPq0aBcD',
    "apiKey: 'Zx81kLmPq0aBcD",
    'apiKey: @Zx81kLmPq0aBcD',
    'apiKey: !Zx81kLmPq0aBcD x',
    'apiKey: *Zx81kLmPq0aBcD',
    'apiKey: &Zx81kLmPq0aBcD',
    'apiKey: { Zx81kLmPq0aBcD: 1 }',
    'apiKey: "a" Zx81kLmPq0aBcD',
  ])('never shows the secret in %s', (line) => {
    const found = problemsOf(`clients:\n  a:\n    exchanges:\n      okx:\n        ${line}\n`);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).not.toContain('Zx81kLmPq0aBcD');
  });

  it.each([
    ['[', 100_000],
    ['- ', 20_000],
    ['{a: ', 20_000],
    ['? ', 20_000],
  ])('of %j nested without end comes without exhausting the stack', (opening, times) => {
    expect(problemsOf(opening.repeat(times))).toEqual(['desk.yaml:1:1: nested more than 32 levels deep']);
  });

  it('of aliases that unfold to millions of nodes comes at once', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const below = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => below).join(', ')}]`;
    });
    expect(problemsOf(levels.join('\n'))).toEqual([expect.stringMatching(/aliases that unfold too far/)]);
  });
});
