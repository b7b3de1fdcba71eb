import { didYouMean, InputError, type LiveRow } from '@bowline/contracts';
import { createInstrument, type Instrument, type TimeMs } from '@bowline/domain';
import type { ResultChannel } from '@bowline/ports';
import type { LiveReader } from '@bowline/store-duckdb';
import { liveBars } from './live-bars.js';

/** What of a store a report is about. */
export interface ReportSelection {
  /** Null: from the first candle on. */
  readonly from: TimeMs | null;
  /** Null: to the last. What happens at this time does not count any more. */
  readonly to: TimeMs | null;
  /** Null: every client. */
  readonly clientId: string | null;
}

/** A live store as far as a report needs it. Rows are in the order in which they became known. */
export interface LiveContent {
  /** With every candle that there is. */
  readonly channels: readonly LiveChannel[];
  readonly positions: readonly LiveRow<'strategy_positions'>[];
  readonly trades: readonly LiveRow<'trades'>[];
  readonly orders: readonly LiveRow<'orders'>[];
  readonly fills: readonly LiveRow<'fills'>[];
  readonly funding: readonly LiveRow<'funding'>[];
  readonly denials: readonly LiveRow<'denials'>[];
  readonly signals: readonly LiveRow<'signals'>[];
  readonly accounts: readonly LiveRow<'accounts'>[];
}

/** A channel with its row. */
export interface LiveChannel extends ResultChannel {
  readonly row: LiveRow<'channels'>;
}

/**
 * Reads a store.
 *
 * @param where what to call it in messages
 * @throws InputError where there is nothing to report
 */
export async function readContent(
  reader: LiveReader,
  { clientId }: ReportSelection,
  where: string,
): Promise<LiveContent> {
  const rows = await reader.rows('channels', clientId);
  if (rows.length === 0) throw await nothing(reader, clientId, where);
  const channels = await withBars(reader, rows);
  if (channels.every(({ bars }) => bars.length === 0)) {
    throw new InputError([`${where}: holds no candle and no fill yet; let the desk run for some minutes`]);
  }
  return {
    channels,
    positions: await reader.rows('strategy_positions', clientId),
    trades: await reader.rows('trades', clientId),
    orders: await reader.rows('orders', clientId),
    fills: await reader.rows('fills', clientId),
    funding: await reader.rows('funding', clientId),
    denials: await reader.rows('denials', clientId),
    signals: await reader.rows('signals', clientId),
    accounts: await reader.rows('accounts', clientId),
  };
}

/** Channels of one market share their bars, and so does what is worked out of them. */
async function withBars(reader: LiveReader, rows: readonly LiveRow<'channels'>[]): Promise<LiveChannel[]> {
  const markets = new Map<string, Pick<LiveChannel, 'instrument' | 'bars'>>();
  const channels: LiveChannel[] = [];
  for (const row of rows) {
    const { clientId, exchange, symbol } = row;
    const key = `${exchange}\n${symbol}`;
    let market = markets.get(key);
    if (market === undefined) {
      const instrument = instrumentOf(row);
      market = { instrument, bars: liveBars(await reader.candles(exchange, symbol), instrument) };
      markets.set(key, market);
    }
    channels.push({ clientId, exchange, symbol, ...market, row });
  }
  return channels;
}

function instrumentOf(row: LiveRow<'channels'>): Instrument {
  const { expiry, inverse, kind, right, strike, tickTable } = row;
  return createInstrument({
    exchange: row.exchange,
    symbol: row.symbol,
    kind: kind as Instrument['kind'],
    base: row.base,
    quote: row.quote,
    settle: row.settle,
    multiplier: row.multiplier,
    inverse,
    tickSize: row.tickSize,
    lotSize: row.lotSize,
    minNotional: row.minNotional,
    ...(tickTable === null
      ? {}
      : { tickTable: JSON.parse(tickTable) as NonNullable<Instrument['tickTable']> }),
    ...(expiry === null ? {} : { expiryMs: expiry }),
    ...(strike === null ? {} : { strike }),
    ...(right === null ? {} : { right: right as 'call' | 'put' }),
  });
}

async function nothing(reader: LiveReader, clientId: string | null, where: string): Promise<InputError> {
  const known = [...new Set((await reader.rows('channels', null)).map((row) => row.clientId))];
  if (clientId === null || known.length === 0) {
    return new InputError([`${where}: is empty; no desk has run on it yet`]);
  }
  const near = didYouMean(clientId, known);
  const hint = near === null ? `there is ${known.join(', ')}` : `did you mean ${near}?`;
  return new InputError([`--client ${clientId}: ${where} has no such client; ${hint}`]);
}
