import { z } from 'zod';
import {
  LIVE_TABLES,
  type LiveColumn,
  type LiveColumnType,
  type LiveRow,
  type LiveTable,
  type LiveTableName,
} from '../live-tables/index.js';

/** A row of a table as it is answered: times are ISO 8601. */
export type LiveItem<Name extends LiveTableName> = {
  readonly [K in keyof LiveRow<Name>]: ColumnType<Name, K> extends 'time'
    ? Exclude<LiveRow<Name>[K], number> | string
    : LiveRow<Name>[K];
};

type ColumnType<Name extends LiveTableName, K> = K extends keyof (typeof LIVE_TABLES)[Name]['columns']
  ? (typeof LIVE_TABLES)[Name]['columns'][K] extends { readonly type: infer T }
    ? T
    : never
  : never;

const decimalText = z.string().regex(/^-?\d+(\.\d+)?$/);
const isoTime = z.iso.datetime({ precision: 3 });
const figure = (meaning: string) => z.number().nullable().describe(`${meaning} Null where it is undefined.`);
const sum = (meaning: string) => decimalText.describe(meaning);
const tally = (meaning: string) => z.int().nonnegative().describe(meaning);
const counts = (meaning: string) => z.record(z.string(), z.int().positive()).describe(meaning);

const COLUMN_SCHEMAS: Readonly<Record<LiveColumnType, z.ZodType>> = {
  text: z.string(),
  integer: z.int(),
  decimal: decimalText,
  rounded: decimalText,
  seconds: decimalText,
  time: isoTime,
  boolean: z.boolean(),
};

/** The columns of a table as an object. */
function rowSchema<Name extends LiveTableName>(name: Name): z.ZodType<LiveItem<Name>> {
  return itemSchema(name, {}) as unknown as z.ZodType<LiveItem<Name>>;
}

/** The same, with more beside them. */
function itemSchema<Name extends LiveTableName, S extends z.core.$ZodShape>(name: Name, more: S) {
  const { columns }: LiveTable = LIVE_TABLES[name];
  const shape = Object.fromEntries(
    Object.entries(columns).map(([field, each]) => [field, fieldSchema(each)]),
  );
  return z.strictObject({ ...shape, ...more }) as unknown as z.ZodType<
    LiveItem<Name> & z.output<z.ZodObject<S>>
  >;
}

function fieldSchema({ meaning, nullable, type, unit }: LiveColumn): z.ZodType {
  const schema = COLUMN_SCHEMAS[type];
  return (nullable ? schema.nullable() : schema).describe(unit === '' ? meaning : `${meaning} [${unit}]`);
}

const marked = {
  markPrice: decimalText.nullable().describe('The last price; null where none is known.'),
  unrealizedPnl: decimalText
    .nullable()
    .describe('What is open at the last price, less its cost; null where the price is not known.'),
};

/** A list from the newest to the oldest. */
function listSchema<T extends z.ZodType>(items: T) {
  return z.strictObject({
    items: z.array(items).describe('From the newest to the oldest.'),
    next: z.int().nullable().describe('Give it as `after` for the items that follow; null: there are none.'),
  });
}

function tableSchema<Name extends LiveTableName>(name: Name) {
  return listSchema(rowSchema(name));
}

const leg = z
  .strictObject({
    price: decimalText.describe('Where it is.'),
    status: z.string().nullable().describe('Such as `working`, `filled`, or `watched`; null: not sent.'),
    clientOrderId: z.string().nullable(),
  })
  .nullable();

const pair = z.strictObject({
  sequence: z.int(),
  clientId: z.string(),
  exchange: z.string(),
  symbol: z.string(),
  strategyId: z.string(),
  strategyPositionId: z.string(),
  exchangePositionKey: z.string().describe('`BTCUSDT_LONG`.'),
  side: z.string().describe('Of the position that it protects.'),
  openQuantity: decimalText,
  entryPrice: decimalText.nullable(),
  status: z
    .string()
    .describe('`pending`, `arming`, `active`, `resolving`, `degraded`, `suspended`, or `closed`.'),
  protection: z
    .string()
    .nullable()
    .describe(
      '`native`, `paired`, `guarded` (the take-profit is watched by Bowline), or `synthetic` (both legs are). Null: not known.',
    ),
  takeProfit: leg.describe('Null: none is wanted.'),
  stopLoss: leg.describe('Null: none is wanted.'),
  closeReason: z.string().nullable().describe('What closed the position, or is closing it.'),
  unprotectedSince: isoTime.nullable().describe('Since when open quantity has had no stop in force.'),
  stuck: z.boolean().describe('A rule gave up on it: a person has to look.'),
  updatedAt: isoTime,
});
export type PairItem = z.output<typeof pair>;

const statisticsShape = {
  trades: tally('Strategy positions that had a fill and are over.'),
  longTrades: tally('Of these, LONG.'),
  shortTrades: tally('Of these, SHORT.'),
  wins: tally('With realizedPnl above 0.'),
  losses: tally('With realizedPnl below 0.'),
  winRate: figure('wins / trades, a fraction.'),
  lossRate: figure('losses / trades, a fraction.'),
  takeProfits: tally('Closed by the take-profit leg.'),
  stopLosses: tally('Closed by the stop-loss leg.'),
  takeProfitHitRate: figure('takeProfits / (takeProfits + stopLosses), a fraction.'),
  closeReasons: counts('Trades by what closed them.'),
  realizedPnl: sum('Sum of (exit - own entry) x quantity, before fees and funding.'),
  fees: sum('Fees of these trades.'),
  funding: sum('Funding of these trades: received above 0, paid below 0.'),
  netPnl: sum('realizedPnl - fees + funding.'),
  grossProfit: sum('realizedPnl of the wins.'),
  grossLoss: sum('realizedPnl of the losses, 0 or below.'),
  averageWin: figure('grossProfit / wins.'),
  averageLoss: figure('grossLoss / losses.'),
  payoffRatio: figure('averageWin / |averageLoss|.'),
  profitFactor: figure('grossProfit / |grossLoss|.'),
  expectancy: figure('realizedPnl / trades.'),
  expectancyRatio: figure('expectancy / |averageLoss|.'),
  sqn: figure('System quality number: sqrt(trades) x mean / standard deviation of realizedPnl.'),
  largestWin: decimalText.nullable().describe('Highest realizedPnl above 0.'),
  largestLoss: decimalText.nullable().describe('Lowest realizedPnl below 0.'),
  maxConsecutiveWins: tally('Most wins in a row.'),
  maxConsecutiveLosses: tally('Most losses in a row.'),
  averageDurationSeconds: figure('Mean time from the first fill to flat.'),
  openPositions: tally('Strategy positions with open quantity.'),
  unrealizedPnl: decimalText
    .nullable()
    .describe('Of the open positions, at the last prices; null where one is not known.'),
  openPnl: decimalText
    .nullable()
    .describe('Of the open positions: realized so far + unrealized - fees + funding; null as unrealizedPnl.'),
};

export const statisticsSchema = z.strictObject(statisticsShape);
export type Statistics = z.output<typeof statisticsSchema>;

const owner = { clientId: z.string().nullable(), strategyId: z.string().nullable() };

export const statisticsResponseSchema = z.strictObject({
  overall: statisticsSchema.describe('Of everything that was asked for.'),
  byClient: z.array(z.strictObject({ ...owner, clientId: z.string(), ...statisticsShape })),
  byStrategy: z.array(z.strictObject({ ...owner, strategyId: z.string(), ...statisticsShape })),
  byClientAndStrategy: z.array(
    z.strictObject({ clientId: z.string(), strategyId: z.string(), ...statisticsShape }),
  ),
  denials: counts('Signals and intents that were denied, by code.'),
  ignoredSignals: counts('Signals that led nowhere, by code.'),
});
export type StatisticsResponse = z.output<typeof statisticsResponseSchema>;

export const channelsResponseSchema = z.strictObject({
  items: z.array(
    itemSchema('channels', {
      openPositions: tally('Strategy positions with open quantity.'),
      ...marked,
    }),
  ),
});
export type ChannelsResponse = z.output<typeof channelsResponseSchema>;

export const accountsResponseSchema = z.strictObject({ items: z.array(rowSchema('accounts')) });
export type AccountsResponse = z.output<typeof accountsResponseSchema>;

export const positionsResponseSchema = listSchema(itemSchema('strategy_positions', marked));
export type PositionsResponse = z.output<typeof positionsResponseSchema>;

export const pairsResponseSchema = listSchema(pair);
export type PairsResponse = z.output<typeof pairsResponseSchema>;

export const ordersResponseSchema = tableSchema('orders');
export const tradesResponseSchema = tableSchema('trades');
export const fillsResponseSchema = tableSchema('fills');
export const denialsResponseSchema = tableSchema('denials');
export const signalsResponseSchema = tableSchema('signals');
export const alertsResponseSchema = tableSchema('alerts');
export const controlsResponseSchema = tableSchema('controls');
