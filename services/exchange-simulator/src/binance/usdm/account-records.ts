import type { Cash, Lots, TimeMs } from '@bowline/domain';
import type { CarriedOut, ExecutionReport, OrderPositionSide } from '@bowline/exchange-simulator';

export interface Income {
  readonly tranId: number;
  readonly incomeType: 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE' | 'INSURANCE_CLEAR';
  readonly symbol: string;
  readonly asset: string;
  readonly income: Cash;
  readonly time: TimeMs;
  readonly info: string;
  /** Empty where no trade has led to it. */
  readonly tradeId: string;
}

/** What the engine does not keep of a position. */
export interface PositionRecord {
  readonly symbol: string;
  readonly positionSide: OrderPositionSide;
  /** Above 0 long, below 0 short. */
  quantity: Lots;
  /** Realized, before fees, since the account was opened. */
  accumulated: Cash;
  /** Realized less fees since it was last flat: what shifts the price at which closing it all would bring nothing. */
  sinceFlat: Cash;
  updateTime: TimeMs;
}

/** Incomes of an account that are remembered. */
const MOST_INCOMES = 50_000;

interface AccountRecord {
  readonly positions: Map<string, PositionRecord>;
  incomes: Income[];
  lastTranId: number;
}

/** What came in and went out of the exchange's accounts, and when their positions have changed. */
export class AccountRecords {
  private readonly accounts = new Map<string, AccountRecord>();

  /** @param assetOf the currency of a symbol's profit */
  constructor(private readonly assetOf: (symbol: string) => string) {}

  take({ charges, reports }: CarriedOut): void {
    for (const report of reports) if (report.execType === 'TRADE') this.trade(report);
    for (const { account, amount, kind, symbol, time } of charges)
      this.add(account, {
        incomeType: kind === 'FUNDING' ? 'FUNDING_FEE' : 'INSURANCE_CLEAR',
        ...{ symbol, asset: this.assetOf(symbol), income: amount, time },
        ...{ info: kind === 'FUNDING' ? 'FUNDING_FEE' : kind, tradeId: '' },
      });
  }

  position(account: string, symbol: string, positionSide: OrderPositionSide): PositionRecord {
    const { positions } = this.of(account);
    const key = `${symbol} ${positionSide}`;
    const known = positions.get(key);
    if (known !== undefined) return known;
    const position = { symbol, positionSide, quantity: 0, accumulated: 0n, sinceFlat: 0n, updateTime: 0 };
    positions.set(key, position);
    return position;
  }

  /** Oldest first. */
  incomes(account: string): readonly Income[] {
    return this.of(account).incomes;
  }

  private trade(report: ExecutionReport): void {
    const { account, fee, lastQty, positionSide, realizedPnl, side, symbol, time, tradeId } = report;
    const position = this.position(account, symbol, positionSide);
    position.accumulated += realizedPnl;
    position.sinceFlat += realizedPnl - fee;
    position.updateTime = time;
    const before = position.quantity;
    position.quantity += side === 'BUY' ? lastQty : -lastQty;
    // Flat, or gone through zero: what remains of the trade has begun anew.
    if (position.quantity === 0 || before * position.quantity < 0) position.sinceFlat = 0n;
    const about = {
      symbol,
      asset: this.assetOf(symbol),
      time,
      info: String(tradeId),
      tradeId: String(tradeId),
    };
    if (realizedPnl !== 0n) this.add(account, { incomeType: 'REALIZED_PNL', income: realizedPnl, ...about });
    if (fee !== 0n) this.add(account, { incomeType: 'COMMISSION', income: -fee, ...about });
  }

  private add(account: string, income: Omit<Income, 'tranId'>): void {
    const record = this.of(account);
    record.lastTranId += 1;
    record.incomes.push({ tranId: record.lastTranId, ...income });
    // Cut by halves, so that the cost of forgetting is spread.
    if (record.incomes.length > 2 * MOST_INCOMES) record.incomes = record.incomes.slice(-MOST_INCOMES);
  }

  private of(account: string): AccountRecord {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const record = { positions: new Map<string, PositionRecord>(), incomes: [], lastTranId: 0 };
    this.accounts.set(account, record);
    return record;
  }
}
