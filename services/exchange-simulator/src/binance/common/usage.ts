import type { TimeMs } from '@bowline/domain';
import { BinanceError } from './binance-error.js';

/** What an exchange admits. */
export interface UsageLimits {
  /** By address. */
  readonly weightPerMinute: number;
  /** By account. */
  readonly ordersPer10Seconds: number;
  readonly ordersPerMinute: number;
  /** In place of those of a minute. */
  readonly ordersPerDay?: number;
  /** So many requests beyond the limit are answered with 429 before the address is banned. */
  readonly refusalsBeforeBan: number;
  /** The first ban; each further one is twice as long, up to three days. */
  readonly banMs: number;
}

/** Binance USD-M futures. */
export const USDM_LIMITS: UsageLimits = {
  weightPerMinute: 2_400,
  ordersPer10Seconds: 300,
  ordersPerMinute: 1_200,
  refusalsBeforeBan: 100,
  banMs: 120_000,
};

/** Binance spot. */
export const SPOT_LIMITS: UsageLimits = {
  weightPerMinute: 6_000,
  ordersPer10Seconds: 100,
  ordersPerMinute: 200_000,
  ordersPerDay: 200_000,
  refusalsBeforeBan: 100,
  banMs: 120_000,
};

export interface Cost {
  readonly weight: number;
  /** Orders are counted in both windows, and a batch as one in the minute. */
  readonly ordersIn10Seconds: number;
  readonly ordersInMinute: number;
}

export const COST_OF_ONE: Cost = { weight: 1, ordersIn10Seconds: 0, ordersInMinute: 0 };

type Headers = Readonly<Record<string, string>>;

const MINUTE_MS = 60_000;
const TEN_SECONDS_MS = 10_000;
const DAY_MS = 86_400_000;
const LONGEST_BAN_MS = 3 * DAY_MS;

/** Counts in windows that begin with the clock's minutes and ten seconds, as Binance's do. */
class Window {
  private began: TimeMs = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(
    readonly lengthMs: number,
    readonly limit: number,
  ) {}

  used(now: TimeMs): number {
    return this.beginning(now) === this.began ? this.count : 0;
  }

  add(cost: number, now: TimeMs): number {
    this.count = this.used(now) + cost;
    this.began = this.beginning(now);
    return this.count;
  }

  secondsLeft(now: TimeMs): number {
    return Math.max(1, Math.ceil((this.beginning(now) + this.lengthMs - now) / 1_000));
  }

  private beginning(now: TimeMs): TimeMs {
    return now - (now % this.lengthMs);
  }
}

interface Address {
  readonly weight: Window;
  refusals: number;
  bans: number;
  bannedUntil: TimeMs;
}

interface AccountUsage {
  readonly per10Seconds: Window;
  /** Of a minute, or of a day. */
  readonly perMinute: Window;
}

/** What was used of the limits, by address and by account. */
export class Usage {
  private readonly addresses = new Map<string, Address>();
  private readonly accounts = new Map<string, AccountUsage>();

  constructor(readonly limits: UsageLimits) {}

  /** Counts a request's weight. Throws a BinanceError (429, or 418 while the address is banned). */
  admit(ip: string, weight: number, now: TimeMs): Headers {
    const address = this.addressOf(ip);
    if (now < address.bannedUntil) throw banned(address.bannedUntil, now);
    const used = address.weight.add(weight, now);
    const headers = { 'x-mbx-used-weight-1m': String(used) };
    if (used <= this.limits.weightPerMinute) {
      if (used === weight) address.refusals = 0;
      return headers;
    }
    address.refusals += 1;
    if (address.refusals > this.limits.refusalsBeforeBan) this.ban(ip, this.banOf(address), now);
    if (now < address.bannedUntil) throw banned(address.bannedUntil, now);
    const { code, msg, status } = BinanceError.of(-1003, this.limits.weightPerMinute);
    throw new BinanceError(code, msg, status, {
      ...headers,
      'retry-after': String(address.weight.secondsLeft(now)),
    });
  }

  /** Counts orders. Throws a BinanceError where they are too many: they have counted all the same. */
  admitOrders(account: string, cost: Cost, now: TimeMs): Headers {
    const { per10Seconds, perMinute } = this.accountOf(account);
    const in10Seconds = per10Seconds.add(cost.ordersIn10Seconds, now);
    const inMinute = perMinute.add(cost.ordersInMinute, now);
    const headers = {
      'x-mbx-order-count-10s': String(in10Seconds),
      [this.isDaily ? 'x-mbx-order-count-1d' : 'x-mbx-order-count-1m']: String(inMinute),
    };
    const over = [per10Seconds, perMinute].find((window) => window.used(now) > window.limit);
    if (over === undefined) return headers;
    const interval = over !== perMinute ? '10 SECOND' : this.isDaily ? '1 DAY' : '1 MINUTE';
    const { code, msg, status } = BinanceError.of(-1015, over.limit, interval);
    throw new BinanceError(code, msg, status, { ...headers, 'retry-after': String(over.secondsLeft(now)) });
  }

  /** What an account has used of its orders, as `rateLimit/order` tells it. */
  orders(account: string, now: TimeMs): readonly Readonly<Record<string, string | number>>[] {
    const { per10Seconds, perMinute } = this.accountOf(account);
    const row = (window: Window, interval: string, intervalNum: number) => ({
      ...{ rateLimitType: 'ORDERS', interval, intervalNum },
      ...{ limit: window.limit, count: window.used(now) },
    });
    return [row(per10Seconds, 'SECOND', 10), row(perMinute, this.isDaily ? 'DAY' : 'MINUTE', 1)];
  }

  private get isDaily(): boolean {
    return this.limits.ordersPerDay !== undefined;
  }

  /** Lets nobody in from an address for a time. */
  ban(ip: string, forMs: number, now: TimeMs): void {
    const address = this.addressOf(ip);
    address.bannedUntil = now + forMs;
    address.refusals = 0;
    address.bans += 1;
  }

  private banOf({ bans }: Address): number {
    return Math.min(LONGEST_BAN_MS, this.limits.banMs * 2 ** bans);
  }

  private addressOf(ip: string): Address {
    const known = this.addresses.get(ip);
    if (known !== undefined) return known;
    const weight = new Window(MINUTE_MS, this.limits.weightPerMinute);
    const address = { weight, refusals: 0, bans: 0, bannedUntil: Number.NEGATIVE_INFINITY };
    this.addresses.set(ip, address);
    return address;
  }

  private accountOf(account: string): AccountUsage {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const usage = {
      per10Seconds: new Window(TEN_SECONDS_MS, this.limits.ordersPer10Seconds),
      perMinute: new Window(
        this.isDaily ? DAY_MS : MINUTE_MS,
        this.limits.ordersPerDay ?? this.limits.ordersPerMinute,
      ),
    };
    this.accounts.set(account, usage);
    return usage;
  }
}

function banned(until: TimeMs, now: TimeMs): BinanceError {
  const msg = `Way too many requests; IP banned until ${until}. Please use the websocket for live updates to avoid bans.`;
  return new BinanceError(-1003, msg, 418, { 'retry-after': String(Math.ceil((until - now) / 1_000)) });
}
