import { parseDecimal, type Decimal } from '@bowline/domain';
import { BinanceError } from './binance-error.js';

/** What a request says, by name: from its query and its body, wherever it stands. */
export class Parameters {
  constructor(private readonly values: ReadonlyMap<string, string>) {}

  /** Of a list's entry, as in `batchOrders`. Throws a BinanceError where it is no object of plain values. */
  static ofObject(value: unknown, name: string): Parameters {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw BinanceError.of(-1130, name);
    const plain = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
    return new Parameters(new Map(plain.map(([key, each]) => [key, String(each)])));
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** As it was sent; null where it was not, or empty. */
  peek(name: string): string | null {
    return this.values.get(name) || null;
  }

  /** Null where it was not sent. Throws a BinanceError where it was sent empty. */
  text(name: string): string | null {
    const value = this.values.get(name) ?? null;
    if (value === '') throw BinanceError.of(-1105, name);
    return value;
  }

  requiredText(name: string): string {
    const value = this.values.get(name) ?? '';
    if (value === '') throw BinanceError.of(-1102, name);
    return value;
  }

  integer(name: string): number | null {
    const value = this.text(name);
    if (value === null) return null;
    if (!/^-?\d{1,16}$/.test(value)) throw BinanceError.of(-1100, name);
    return Number(value);
  }

  /** At least `from` and at most `to`; one above is cut to it, as Binance does with limits. */
  limit(name: string, standard: number, to: number): number {
    const value = this.integer(name) ?? standard;
    if (value < 1) throw BinanceError.of(-1130, name);
    return Math.min(value, to);
  }

  requiredInteger(name: string): number {
    const value = this.integer(name);
    if (value === null) throw BinanceError.of(-1102, name);
    return value;
  }

  decimal(name: string): Decimal | null {
    const value = this.text(name);
    if (value === null) return null;
    const parsed = value.length > 40 ? null : parseDecimal(value);
    if (parsed === null) throw BinanceError.of(-1100, name);
    return parsed;
  }

  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase() ?? 'false';
    if (value !== 'true' && value !== 'false') throw BinanceError.of(-1130, name);
    return value === 'true';
  }

  requiredFlag(name: string): boolean {
    this.requiredText(name);
    return this.flag(name);
  }

  /** One of `values`, or null where it was not sent; `refusal` where it is another. */
  oneOf<T extends string>(
    name: string,
    values: readonly T[],
    refusal = (): BinanceError => BinanceError.of(-1130, name),
  ): T | null {
    const value = this.text(name);
    if (value === null) return null;
    const known = values.find((each) => each === value);
    if (known === undefined) throw refusal();
    return known;
  }

  /** A list in JSON, as `batchOrders` and `orderIdList` are. */
  list(name: string): readonly unknown[] | null {
    const value = this.text(name);
    if (value === null) return null;
    let read: unknown;
    try {
      read = JSON.parse(value);
    } catch (error) {
      if (error instanceof SyntaxError) throw BinanceError.of(-1130, name);
      throw error;
    }
    if (!Array.isArray(read)) throw BinanceError.of(-1130, name);
    return read as readonly unknown[];
  }
}
