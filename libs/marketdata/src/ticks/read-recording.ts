import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { InputError } from '@bowline/contracts';
import { parseDecimal, priceToTicks, quantityToLots, type Decimal, type Instrument } from '@bowline/domain';
import { RECORDED, type MarketRecording } from '@bowline/ports';
import { withScratchFolder } from '../files/scratch-folder.js';
import { unpack } from '../files/unpack.js';
import { RecordingColumns, type RecordedLevel } from './recording-columns.js';

const MOST_PROBLEMS = 10;

/** What a recording is of, before it is counted in ticks and lots. */
export interface RecordedUnits {
  /** Null: only whole books were recorded, which name none. */
  readonly symbol: string | null;
  /** Decimals of the finest price, and of the finest quantity: zeros at the end are none. */
  readonly priceScale: number;
  readonly quantityScale: number;
  /** The first one. */
  readonly price: number;
}

/** What a message of a stream says; null: nothing that a market is replayed by. */
type Said = Message | null;

interface Message {
  readonly kind: (typeof RECORDED)[keyof typeof RECORDED];
  readonly update: number;
  readonly levels: readonly RecordedLevel[];
}

/** A line that is not what it should be. */
class BadLine extends Error {}

/**
 * Reads a recording of an exchange's streams, one message a line, `<when it came, ns> {"stream":...,"data":{...}}`, as the
 * recorders of Binance write it: bookTicker, depthUpdate, trade, and whole books, which have no stream. What else was
 * recorded is passed over, as are trades that the exchange made by itself. Plain, .gz, or .zip.
 *
 * Quantities finer than the instrument's lot go down to the lot, but not to nothing. Throws an InputError that names file
 * and line for what is no message, for another symbol than the first, for a price off the tick, and where time goes back;
 * and one where nothing is there to be replayed.
 *
 * @param instrumentOf told what the file holds, says what it is to be counted in
 */
export async function readRecording<I extends Instrument>(
  path: string,
  instrumentOf: (found: RecordedUnits) => I,
): Promise<{ readonly instrument: I; readonly recording: MarketRecording }> {
  return withScratchFolder(async (folder) => {
    const plain = await unpack(path, folder);
    const units = new UnitsFound();
    let kinds = 0;
    const scout = new MessageReader(units);
    await readLines(path, plain.path, scout, ({ kind }) => (kinds |= 1 << kind));
    if ((kinds & ((1 << RECORDED.TOUCH) | (1 << RECORDED.BOOK))) === 0)
      throw new InputError([
        `${path}: no quotes are recorded in it; record <symbol>@bookTicker, or whole books with their changes`,
      ]);
    const { first: price, priceScale, quantityScale } = units;
    const found = { symbol: scout.symbol, price: price ?? 0, priceScale, quantityScale };
    const instrument = instrumentOf(found);
    const columns = new RecordingColumns();
    const reader = new MessageReader(new UnitsOf(instrument));
    await readLines(path, plain.path, reader, ({ kind, levels, update }) =>
      columns.add(reader.time, kind, update, levels),
    );
    return { instrument, recording: columns.finished() };
  });
}

/** Throws an InputError with the first lines that are bad. */
async function readLines(
  label: string,
  path: string,
  reader: MessageReader,
  onMessage: (said: NonNullable<Said>) => void,
): Promise<void> {
  const problems: string[] = [];
  let line = 0;
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  for await (const text of lines) {
    line += 1;
    if (text === '') continue;
    try {
      const said = reader.read(text);
      if (said !== null) onMessage(said);
    } catch (error) {
      if (!(error instanceof BadLine)) throw error;
      problems.push(`${label}, line ${line}: ${error.message}`);
      if (problems.length === MOST_PROBLEMS) break;
    }
  }
  if (problems.length > 0) throw new InputError(problems);
}

/** What prices and quantities are counted in. */
interface Units {
  /** Throws a BadLine. */
  price(text: string, value: Decimal): number;
  quantity(text: string, value: Decimal): number;
}

/** Looks at them without counting. */
class UnitsFound implements Units {
  priceScale = 0;
  quantityScale = 0;
  first: number | null = null;

  price(text: string, value: Decimal): number {
    this.priceScale = Math.max(this.priceScale, scaleOf(value));
    this.first ??= Number(text);
    return 1;
  }

  quantity(_: string, value: Decimal): number {
    this.quantityScale = Math.max(this.quantityScale, scaleOf(value));
    return value.units === 0n ? 0 : 1;
  }
}

/** Ticks and lots. */
class UnitsOf implements Units {
  constructor(private readonly instrument: Instrument) {}

  price(text: string, value: Decimal): number {
    const ticks = priceToTicks(this.instrument, value);
    if (ticks !== null && ticks >= 1) return ticks;
    const { symbol, tickSize } = this.instrument;
    throw new BadLine(`the price ${text} is no multiple of the tick ${tickSize} of ${symbol}`);
  }

  quantity(text: string, value: Decimal): number {
    const lots = quantityToLots(this.instrument, value);
    if (lots === null || lots < 0)
      throw new BadLine(`the quantity ${text} cannot be counted in lots of ${this.instrument.lotSize}`);
    return value.units === 0n ? 0 : Math.max(1, lots);
  }
}

/** Decimals, without zeros at the end. */
function scaleOf({ scale, units }: Decimal): number {
  let [left, decimals] = [units, scale];
  while (decimals > 0 && left % 10n === 0n) [left, decimals] = [left / 10n, decimals - 1];
  return decimals;
}

/** Takes lines apart, one after the other. */
class MessageReader {
  time = Number.NEGATIVE_INFINITY;
  symbol: string | null = null;

  constructor(private readonly units: Units) {}

  read(text: string): Said {
    const space = text.indexOf(' ');
    const stamp = text.slice(0, space);
    if (!/^\d{16,19}$/.test(stamp))
      throw new BadLine('does not begin with a time in nanoseconds; remove the line');
    const time = Math.floor(Number(stamp) / 1e6);
    if (time < this.time) throw new BadLine('came before the line above it; sort the file by time');
    const message = parsed(text.slice(space + 1));
    const said = this.said(message);
    this.time = time;
    return said;
  }

  private said({ data, stream }: { readonly stream: string; readonly data: Fields }): Said {
    if (stream === '') return this.book(data);
    this.checkSymbol(data);
    switch (stream.slice(stream.indexOf('@'))) {
      case '@bookTicker':
        return this.touch(data);
      case '@trade':
        return this.trade(data);
      default:
        return stream.includes('@depth') ? this.depth(data) : null;
    }
  }

  private touch(data: Fields): Said {
    const levels = [this.level(true, [data['b'], data['B']]), this.level(false, [data['a'], data['A']])];
    return { kind: RECORDED.TOUCH, update: numberOf(data, 'u'), levels };
  }

  private depth(data: Fields): Said {
    const levels = [...this.levels(true, data, 'b'), ...this.levels(false, data, 'a')];
    return { kind: RECORDED.DEPTH, update: numberOf(data, 'u'), levels };
  }

  private book(data: Fields): Said {
    const levels = [...this.levels(true, data, 'bids'), ...this.levels(false, data, 'asks')];
    return { kind: RECORDED.BOOK, update: numberOf(data, 'lastUpdateId'), levels };
  }

  private trade(data: Fields): Said {
    // Liquidations by the exchange itself come by the same stream, at prices that no market has made.
    if ((data['X'] ?? 'MARKET') !== 'MARKET') return null;
    const level = this.level(data['m'] === true, [data['p'], data['q']]);
    if (level.quantity === 0) throw new BadLine('a trade of nothing; remove the line');
    return { kind: RECORDED.TRADE, update: 0, levels: [level] };
  }

  private levels(isBid: boolean, data: Fields, name: string): readonly RecordedLevel[] {
    const levels = data[name];
    if (!Array.isArray(levels)) throw new BadLine(`there is no list ${name} in it; remove the line`);
    return levels.map((level) => this.level(isBid, level));
  }

  private level(isBid: boolean, level: unknown): RecordedLevel {
    const [priceText, quantityText] = Array.isArray(level) ? (level as unknown[]) : [];
    const price = typeof priceText === 'string' ? parseDecimal(priceText) : null;
    const amount = typeof quantityText === 'string' ? parseDecimal(quantityText) : null;
    if (price === null || amount === null)
      throw new BadLine(
        `${JSON.stringify(level)} is no price and quantity as decimal texts; remove the line`,
      );
    return {
      isBid,
      price: this.units.price(priceText as string, price),
      quantity: this.units.quantity(quantityText as string, amount),
    };
  }

  private checkSymbol({ s: symbol }: Fields): void {
    if (typeof symbol !== 'string') throw new BadLine('names no symbol; remove the line');
    this.symbol ??= symbol;
    if (symbol !== this.symbol)
      throw new BadLine(`is about ${symbol} where ${this.symbol} was before; give a file for each symbol`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): { readonly stream: string; readonly data: Fields } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (typeof message !== 'object' || message === null)
    throw new BadLine('is no whole message of a stream; remove the line');
  const { data = message, stream = '' } = message as { stream?: unknown; data?: unknown };
  if (typeof stream !== 'string' || typeof data !== 'object' || data === null)
    throw new BadLine('is no message of a stream; remove the line');
  return { stream, data: data as Fields };
}

function numberOf(data: Fields, name: string): number {
  const value = data[name];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new BadLine(`${name} is no whole number in it; remove the line`);
}
