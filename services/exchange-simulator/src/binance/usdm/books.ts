import type { Instrument, Ticks } from '@bowline/domain';
import type {
  AccountOptions,
  CarriedOut,
  MockExchange,
  OrderPositionSide,
  PositionReport,
} from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import { filtersOf, type FilterOptions, type SymbolFilters } from '../common/filters.js';
import type { Parameters } from '../common/parameters.js';
import { AccountRecords } from './account-records.js';
import { OrderRecords, type OrderRecord } from './order-records.js';

/** A symbol as the dialect trades it. */
export interface Listed {
  readonly instrument: Instrument;
  readonly filters: SymbolFilters;
}

export type HeldPosition = Omit<PositionReport, 'unrealizedPnl'>;

/** Everything that the dialect's answers and events are made from. */
export class Books {
  readonly orders = new OrderRecords();
  readonly accounts: AccountRecords;
  private readonly symbols: ReadonlyMap<string, Listed>;

  /** @param exchangeOf asked for once it stands: what its log holds is told before */
  constructor(
    instruments: readonly Instrument[],
    private readonly terms: readonly AccountOptions[],
    filters: FilterOptions,
    private readonly exchangeOf: () => MockExchange,
  ) {
    this.symbols = new Map(
      instruments.map((instrument) => [
        instrument.symbol,
        { instrument, filters: filtersOf(instrument, filters) },
      ]),
    );
    this.accounts = new AccountRecords((symbol) => this.listed(symbol).instrument.settle);
  }

  get exchange(): MockExchange {
    return this.exchangeOf();
  }

  /** Takes in what has happened. Returns the record of each report's order. */
  take(carriedOut: CarriedOut): readonly (OrderRecord | null)[] {
    this.accounts.take(carriedOut);
    return this.orders.take(carriedOut);
  }

  /** Throws a BinanceError on a symbol that is not traded here. */
  listed(symbol: string): Listed {
    const listed = this.symbols.get(symbol);
    if (listed === undefined) throw BinanceError.of(-1121);
    return listed;
  }

  /** The symbol that a request must name. Throws a BinanceError. */
  symbolOf(params: Parameters): Listed {
    return this.listed(params.requiredText('symbol'));
  }

  /** The symbol that a request may name, else all of them. Throws a BinanceError. */
  symbolsOf(params: Parameters): readonly Listed[] {
    const symbol = params.text('symbol');
    return symbol === null ? this.all() : [this.listed(symbol)];
  }

  /** Every symbol. */
  all(): readonly Listed[] {
    return [...this.symbols.values()];
  }

  /** The currencies that profit is paid in. */
  settlements(): readonly string[] {
    return this.all().map(({ instrument }) => instrument.settle);
  }

  /** What the account was opened with. Throws a RangeError on an unknown one. */
  termsOf(account: string): AccountOptions {
    const terms = this.terms.find((each) => each.account === account);
    if (terms === undefined) throw new RangeError(`there is no account ${account}`);
    return terms;
  }

  /** The symbols whose profit is paid in this currency. */
  listedIn(asset: string): readonly Listed[] {
    return this.all().filter(({ instrument }) => instrument.settle === asset);
  }

  /** What positions are worth; null where no price is known. */
  markPrice(symbol: string): Ticks | null {
    return this.exchange.markPrice(symbol) ?? this.exchange.lastPrice(symbol);
  }

  /** Null where the account is flat. */
  position(account: string, symbol: string, positionSide: OrderPositionSide): HeldPosition | null {
    const held = this.exchange.positions(account);
    return held.find((each) => each.symbol === symbol && each.positionSide === positionSide) ?? null;
  }
}
