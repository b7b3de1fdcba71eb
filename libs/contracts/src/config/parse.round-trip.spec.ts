import { describe, expect, it } from '@jest/globals';
import { decimal, type Distance } from '@bowline/domain';
import fc from 'fast-check';
import { parseConfig } from './parse.js';
import { snakeCase } from './suggest.js';

/** A configuration as it could be written: objects are sections, maps are by id, texts are scalars. */
type Written =
  string | null | readonly Written[] | ReadonlyMap<string, Written> | { readonly [key: string]: Written };

type Section = Readonly<Record<string, Written>>;

const decimals = fc
  .tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.integer({ min: 0, max: 12 }))
  .map(([units, scale]) => `${units}e-${scale}`);
const percents = fc.integer({ min: 1, max: 9999 }).map((hundredths) => (hundredths / 100).toFixed(2));
const multiples = fc.integer({ min: 1, max: 1000 }).map((tenths) => (tenths / 10).toFixed(1));
const whole = (min: number) => fc.integer({ min, max: 100_000 }).map(String);
const truth = fc.constantFrom('true', 'false', 'True', 'FALSE');

const ids = (minLength: number) =>
  fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/), {
    minLength,
    maxLength: 3,
    selector: (id) => id.toLowerCase(),
  });

/** Some of the keys. */
const some = (keys: Record<string, fc.Arbitrary<Written>>) =>
  fc.record(keys, { requiredKeys: [] }) as fc.Arbitrary<Section>;

/** One measure of a distance, or none. */
const distance = (leg: string) =>
  fc.oneof(
    fc.constant({}),
    fc.record({ [`${leg}Sd`]: fc.option(multiples) }),
    fc.record({ [`${leg}Pct`]: fc.option(percents) }),
  );

const strategyRisk = fc
  .tuple(
    distance('takeProfit'),
    distance('stopLoss'),
    distance('trailingStop'),
    distance('breakEven'),
    some({
      timeExitMinutes: fc.option(whole(1)),
      volatilityWindow: whole(2),
      maxPositionSize: decimals,
      maxPositionNotional: decimals,
      maxOrderQuantity: decimals,
      maxOrderValue: decimals,
      maxConsecutiveLosses: whole(1),
    }),
  )
  .map((parts): Section => Object.assign({}, ...parts) as Section);

const clientLimits = some({
  maxLeverage: decimals,
  maxGrossExposure: decimals,
  maxNetExposure: decimals,
  maxDailyLoss: fc.option(decimals),
  maxDrawdownPct: percents,
  duplicateOrderWindowMs: whole(0),
});

const orderParams = some({
  defaultOrderType: fc.constantFrom('market', 'limit'),
  limitOffsetBps: multiples,
  timeInForce: fc.constantFrom('GTC', 'IOC', 'FOK'),
  maxSlippageBps: multiples,
  entryPoint: fc.constantFrom('open', 'close'),
  mode: fc.constantFrom('longOnly', 'longShort'),
  scaleIn: truth,
  sizing: fc.oneof(
    ...['fixedQuantity', 'fixedNotional', 'percentOfBalance', 'riskPerTrade'].map((kind) =>
      fc.record({ [kind]: percents }),
    ),
  ),
});

const account = fc
  .tuple(
    fc.record({ accountBalance: decimals }),
    some({
      feeMakerBps: fc.constantFrom('-0.5', '0', '1.9'),
      feeTakerBps: fc.constantFrom('0', '4.5'),
      hedgeMode: truth,
      allowSynthetic: truth,
      apiKey: fc.constantFrom('env:OKX_KEY', 'OKX_KEY', 'file:/run/okx'),
      paperTrading: truth,
    }),
  )
  .map(([balance, rest]): Section => ({ ...balance, ...rest }));

const client = (exchanges: readonly string[], strategies: readonly string[]) =>
  fc
    .record({
      accounts: fc.tuple(...exchanges.map(() => account)),
      risk: strategyRisk,
      limits: clientLimits,
      orderParams,
      overrides: fc.tuple(
        ...strategies.map(
          () =>
            fc.record(
              { riskParams: strategyRisk, orderParams },
              { requiredKeys: [] },
            ) as fc.Arbitrary<Section>,
        ),
      ),
      listed: fc.boolean(),
      routed: fc.boolean(),
    })
    .map(({ accounts, risk, limits, orderParams: order, overrides, listed, routed }): Section => {
      const own = listed ? strategies : new Map(strategies.map((id, index) => [id, overrides[index]]));
      return {
        exchanges: new Map(exchanges.map((id, index) => [id, accounts[index]])),
        riskParams: { ...risk, ...limits },
        orderParams: order,
        ...(strategies.length === 0 ? {} : { strategies: own }),
        ...(routed ? { routing: new Map(exchanges.map((id, index) => [id, String(index + 1)])) } : {}),
      };
    });

const desk: fc.Arbitrary<Section> = fc
  .record({ clients: ids(1), exchanges: ids(1), strategies: ids(0), symbols: ids(1) })
  .chain(({ clients, exchanges, strategies, symbols }) =>
    fc.record({
      clients: fc
        .tuple(...clients.map(() => client(exchanges, strategies)))
        .map((all) => new Map(clients.map((id, index) => [id, all[index]]))),
      instruments: fc
        .tuple(
          ...symbols.map(() =>
            some({
              tickSize: fc.constantFrom('0.1', '1e-2'),
              lotSize: fc.constantFrom('1', '0.001'),
              minNotional: whole(0),
            }),
          ),
        )
        .map((all) => new Map([[exchanges[0], new Map(symbols.map((id, index) => [id, all[index]]))]])),
      execution: some({
        slippageBps: multiples,
        latencyMs: whole(0),
        fillProbability: fc.constantFrom('0', '0.25', '1'),
        partialFillRatio: fc.constantFrom('0.5', '1'),
        intrabar: fc.constantFrom('pessimistic', 'optimistic', 'path'),
        seed: whole(0),
      }),
    }),
  );

interface Spelling {
  readonly key: (name: string) => string;
  readonly scalar: (text: string) => string;
  /** In braces, as opposed to by indentation. */
  readonly flow: boolean;
}

function render(value: Written, spelling: Spelling, indent = ''): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return spelling.scalar(value);
  if (Array.isArray(value))
    return `[${(value as readonly Written[]).map((item) => render(item, { ...spelling, flow: true })).join(', ')}]`;
  const entries =
    value instanceof Map
      ? [...(value as ReadonlyMap<string, Written>)].map(
          ([id, below]) => [spelling.scalar(id), below] as const,
        )
      : Object.entries(value as Section).map(([name, below]) => [spelling.key(name), below] as const);
  if (spelling.flow || entries.length === 0)
    return `{ ${entries.map(([name, below]) => `${name}: ${render(below, spelling)}`).join(', ')} }`;
  return entries
    .map(([name, below]) => `\n${indent}${name}: ${render(below, spelling, `${indent}  `)}`)
    .join('');
}

const CAMEL: Spelling = { key: (name) => name, scalar: (text) => text, flow: false };

describe('a valid configuration', () => {
  it.each<[string, Spelling]>([
    ['snake_case', { ...CAMEL, key: snakeCase }],
    ['braces', { ...CAMEL, flow: true }],
    ['quotes', { ...CAMEL, scalar: (text) => `'${text}'` }],
    [
      'snake_case, double quotes and braces',
      { key: (name) => `"${snakeCase(name)}"`, scalar: (text) => `"${text}"`, flow: true },
    ],
  ])('is the same desk in camelCase and in %s', (_name, spelling) => {
    fc.assert(
      fc.property(desk, (written) => {
        const plain = parseConfig(render(written, CAMEL), 'desk.yaml');
        expect(parseConfig(render(written, spelling), 'desk.yaml')).toEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it('is the same desk whatever the order of its keys', () => {
    const reversed = (value: Written): Written => {
      if (value === null || typeof value === 'string') return value;
      if (Array.isArray(value)) return [...(value as readonly Written[])].reverse();
      if (value instanceof Map)
        return new Map(
          [...(value as ReadonlyMap<string, Written>)].reverse().map(([id, below]) => [id, reversed(below)]),
        );
      return Object.fromEntries(
        Object.entries(value as Section)
          .reverse()
          .map(([key, below]) => [key, reversed(below)]),
      );
    };
    fc.assert(
      fc.property(desk, (written) => {
        expect(parseConfig(render(reversed(written), CAMEL), 'desk.yaml')).toEqual(
          parseConfig(render(written, CAMEL), 'desk.yaml'),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('gives each strategy what it says, and what its client says where it says nothing', () => {
    fc.assert(
      fc.property(desk, (written) => {
        const read = parseConfig(render(written, CAMEL), 'desk.yaml');
        const clients = written.clients as ReadonlyMap<string, Record<string, Section>>;
        expect(read.clients.map(({ clientId }) => clientId)).toEqual([...clients.keys()].sort());
        for (const each of read.clients) {
          const said = clients.get(each.clientId) as Record<string, Section>;
          for (const { exchange, accountBalance } of each.accounts) {
            const balance = (said.exchanges as unknown as ReadonlyMap<string, Section>).get(
              exchange,
            )?.accountBalance;
            expect(accountBalance).toEqual(decimal(balance as string));
          }
          for (const [strategyId, params] of each.strategies ?? []) {
            const own =
              said.strategies instanceof Map
                ? (said.strategies.get(strategyId) as Record<string, Section>)
                : {};
            for (const leg of ['takeProfit', 'stopLoss', 'trailingStop', 'breakEven'] as const) {
              const effective = saidOf(leg, own.riskParams ?? {}) ?? saidOf(leg, said.riskParams);
              expect(params[leg]).toEqual(effective?.value ?? null);
            }
          }
        }
      }),
      { numRuns: 60 },
    );

    function saidOf(leg: string, risk: Section): { value: Distance | null } | undefined {
      const multiple = risk[`${leg}Sd`];
      const percent = risk[`${leg}Pct`];
      if (multiple === undefined && percent === undefined) return undefined;
      if (typeof multiple === 'string') return { value: { kind: 'sd', multiple: Number(multiple) } };
      return { value: typeof percent === 'string' ? { kind: 'pct', percent: decimal(percent) } : null };
    }
  });
});
