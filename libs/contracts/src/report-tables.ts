/**
 * The tables that a run leaves behind, one CSV file each and the same in `bowline.duckdb`. This is their only
 * definition: the CSV headers, the database's types and comments, and docs/reference/files.md are made from it.
 */

/** What a column holds, and how it is written. */
export type ReportColumnType =
  /** Text as it is. */
  | 'text'
  /** A whole number. */
  | 'integer'
  /** An exact decimal, the shortest text of it: `45000`, `-0.25`. */
  | 'decimal'
  /** A percentage, basis points or a share: rounded half-even to 4 decimals. */
  | 'rounded'
  /** Seconds, with milliseconds where there are any. */
  | 'seconds'
  /** UTC with milliseconds: `2021-05-19T12:00:00.000Z`. */
  | 'time';

/** The SQL type that holds every value of a column exactly. Cash, prices, and quantities have at most 18 decimals. */
export const REPORT_SQL_TYPES: Readonly<Record<ReportColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DECIMAL(38,18)',
  rounded: 'DECIMAL(38,4)',
  seconds: 'DECIMAL(18,3)',
  time: 'TIMESTAMP',
};

export interface ReportColumn {
  readonly name: string;
  readonly type: ReportColumnType;
  /** Empty where the type says it all. */
  readonly unit: string;
  /** An empty field means: unknown, or does not apply. */
  readonly nullable: boolean;
  readonly meaning: string;
}

export interface ReportTable {
  /** Also the name of the table in the database. */
  readonly name: ReportTableName;
  readonly file: string;
  readonly meaning: string;
  readonly columns: readonly ReportColumn[];
}

export type ReportTableName = 'trades' | 'orders' | 'fills' | 'denials' | 'equity';

const QUOTE = 'quote currency';
const BASE = 'base units';

function column(
  name: string,
  type: ReportColumnType,
  unit: string,
  meaning: string,
  nullable = false,
): ReportColumn {
  return { name, type, unit, nullable, meaning };
}

const CLIENT = column('clientId', 'text', '', 'Whose account.');
const EXCHANGE = column('exchange', 'text', '', 'Where the account is.');
const SYMBOL = column('symbol', 'text', '', 'Symbol as configured.');
const STRATEGY = column('strategyId', 'text', '', 'Which strategy.');
const POSITION = column(
  'strategyPositionId',
  'text',
  '',
  "The strategy's own position; unique within client, exchange, and symbol.",
);
const ORDER = column('clientOrderId', 'text', '', 'The id under which the exchange knows the order.');
const LEG = column('leg', 'text', '', '`e` entry, `t` take profit, `s` stop loss, `x` other exit.');

const TRADES: ReportTable = {
  name: 'trades',
  file: 'trades.csv',
  meaning:
    'One row for each strategy position from its first fill until it was flat: client by client, in the order of the exits.',
  columns: [
    CLIENT,
    EXCHANGE,
    SYMBOL,
    STRATEGY,
    POSITION,
    column('side', 'text', '', '`LONG` or `SHORT`.'),
    column('quantity', 'decimal', BASE, 'Everything that was entered.'),
    column('entryTime', 'time', '', 'First fill.'),
    column('entryPrice', 'decimal', QUOTE, 'Own average entry price, half-even to 8 decimals.'),
    column('exitTime', 'time', '', 'Last fill.'),
    column('exitPrice', 'decimal', QUOTE, 'Average exit price, half-even to 8 decimals.'),
    column(
      'closeReason',
      'text',
      '',
      '`take_profit`, `stop_loss`, `signal`, `reversal`, `time_exit`, `manual`, `halt`, or `liquidation`.',
    ),
    column('realizedPnl', 'decimal', QUOTE, '(exit - own entry) x quantity, before fees and funding.'),
    column('realizedPnlPct', 'rounded', '%', 'realizedPnl of the value entered.', true),
    column('fees', 'decimal', QUOTE, 'Fees of all its fills; below 0 where rebates prevail.'),
    column('netPnl', 'decimal', QUOTE, 'realizedPnl - fees + funding.'),
    column('durationSeconds', 'seconds', 's', 'From entryTime to exitTime.'),
    column(
      'clientOrderIds',
      'text',
      '',
      'Every order that filled for it, in the order of first fills, separated by a space.',
    ),
    column('funding', 'decimal', QUOTE, 'Funding received (above 0) or paid (below 0).'),
    column('mae', 'decimal', QUOTE, 'Maximum adverse excursion: the worst open loss, 0 or below.'),
    column('mfe', 'decimal', QUOTE, 'Maximum favorable excursion: the best open profit, 0 or above.'),
    column(
      'slippageBps',
      'rounded',
      'bps',
      "Entry price against the signal's price; above 0 is against the trade.",
      true,
    ),
    column('entryLatencyMs', 'integer', 'ms', 'From the first entry order to its first fill.', true),
    column('fillRate', 'rounded', 'fraction', 'Quantity entered of the quantity ordered.', true),
  ],
};

const ORDERS: ReportTable = {
  name: 'orders',
  file: 'orders.csv',
  meaning: 'One row for each order that was sent: client by client, in the order of time.',
  columns: [
    ORDER,
    CLIENT,
    EXCHANGE,
    SYMBOL,
    STRATEGY,
    POSITION,
    LEG,
    column('generation', 'integer', '', 'Raised at each replacement of the leg, from 0.'),
    column('side', 'text', '', '`BUY` or `SELL`.'),
    column('orderType', 'text', '', '`market`, `limit`, or `stop_market`.'),
    column('timeInForce', 'text', '', '`GTC`, `IOC`, `FOK`, or `GTX`.'),
    column('orderQty', 'decimal', BASE, 'What was ordered.'),
    column('limitPrice', 'decimal', QUOTE, 'Of a limit order.', true),
    column('stopPrice', 'decimal', QUOTE, 'Trigger of a stop.', true),
    column(
      'orderStatus',
      'text',
      '',
      '`new`, `partially_filled`, `filled`, `canceled`, `expired`, or `rejected`.',
    ),
    column('cumQty', 'decimal', BASE, 'What was filled.'),
    column('leavesQty', 'decimal', BASE, 'What can still be filled; 0 once the order has ended.'),
    column('avgPx', 'decimal', QUOTE, 'Average fill price, half-even to 8 decimals.', true),
    column('createdTime', 'time', '', 'When it was sent.'),
    column('updatedTime', 'time', '', 'When its status last changed.'),
  ],
};

const FILLS: ReportTable = {
  name: 'fills',
  file: 'fills.csv',
  meaning: 'One row for each fill: client by client, in the order of time.',
  columns: [
    column('tradeId', 'text', '', "The exchange's id of the fill; unique within the account."),
    ORDER,
    CLIENT,
    EXCHANGE,
    SYMBOL,
    STRATEGY,
    POSITION,
    LEG,
    column('side', 'text', '', '`BUY` or `SELL`.'),
    column('lastQty', 'decimal', BASE, 'Quantity of this fill.'),
    column('lastPx', 'decimal', QUOTE, 'Price of this fill.'),
    column('value', 'decimal', QUOTE, 'lastPx x lastQty, contract multiplier included.'),
    column('fee', 'decimal', QUOTE, 'Paid; below 0 for a rebate.'),
    column('liquidity', 'text', '', '`maker` or `taker`; empty where the exchange has not said.', true),
    column('time', 'time', '', 'When it happened.'),
  ],
};

const DENIALS: ReportTable = {
  name: 'denials',
  file: 'denials.csv',
  meaning:
    'One row for each signal that would have become an order and did not: client by client, in the order of time.',
  columns: [
    column('time', 'time', '', 'When it was decided.'),
    CLIENT,
    EXCHANGE,
    SYMBOL,
    STRATEGY,
    column('code', 'text', '', 'Why, from a closed set.'),
    column('text', 'text', '', 'Why, in a sentence with the figures.'),
  ],
};

const EQUITY: ReportTable = {
  name: 'equity',
  file: 'equity.csv',
  meaning:
    'Equity of each client and of each of its strategies at the end of every UTC day, or of every bar with `--equity bar`.',
  columns: [
    column('time', 'time', '', 'End of the day or bar.'),
    CLIENT,
    column('strategyId', 'text', '', 'Which strategy; empty for the client as a whole.', true),
    column(
      'equity',
      'decimal',
      QUOTE,
      'Starting equity + realized + unrealized + funding - fees. A strategy starts at 0, a client at the sum of its account balances.',
    ),
    column(
      'drawdown',
      'decimal',
      QUOTE,
      'How far equity is below its highest row so far, the start included.',
    ),
  ],
};

/** Every table, in the order in which the documentation lists them. */
export const REPORT_TABLES: Readonly<Record<ReportTableName, ReportTable>> = {
  trades: TRADES,
  orders: ORDERS,
  fills: FILLS,
  denials: DENIALS,
  equity: EQUITY,
};
