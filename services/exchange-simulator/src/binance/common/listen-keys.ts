import { randomBytes } from 'node:crypto';
import type { TimeMs } from '@bowline/domain';
import { BinanceError } from './binance-error.js';
import type { Timers } from './timers.js';

const VALID_MS = 3_600_000;
const KEY_BYTES = 48;

interface ListenKey {
  readonly key: string;
  readonly account: string;
  cancelExpiry: () => void;
}

/** The keys that open user streams: one at a time for each account, good for an hour. They do not outlive the process. */
export class ListenKeys {
  private readonly byAccount = new Map<string, ListenKey>();
  private readonly byKey = new Map<string, ListenKey>();

  /** @param onEnded a key is not good any more: its time is over, or it was closed */
  constructor(
    private readonly timers: Timers,
    private readonly onEnded: (key: string, account: string, expired: boolean) => void,
  ) {}

  /** The account's key: the one that it has, good for another hour, or a new one. */
  open(account: string, now: TimeMs): string {
    const known = this.byAccount.get(account);
    if (known !== undefined) {
      this.extend(known, now);
      return known.key;
    }
    const key = randomBytes(KEY_BYTES).toString('base64url').slice(0, 64);
    const opened = { key, account, cancelExpiry: () => undefined };
    this.byAccount.set(account, opened);
    this.byKey.set(key, opened);
    this.extend(opened, now);
    return key;
  }

  /** Throws a BinanceError where the account has none. */
  keepAlive(account: string, now: TimeMs): string {
    const known = this.byAccount.get(account);
    if (known === undefined) throw BinanceError.of(-1125);
    this.extend(known, now);
    return known.key;
  }

  /** Throws a BinanceError where the account has none. */
  close(account: string): void {
    const known = this.byAccount.get(account);
    if (known === undefined) throw BinanceError.of(-1125);
    this.end(known, false);
  }

  /** The account's key is not good any more, as if its time were over. */
  expire(account: string): void {
    const known = this.byAccount.get(account);
    if (known !== undefined) this.end(known, true);
  }

  /** Whose key it is; null: it is none. */
  accountOf(key: string): string | null {
    return this.byKey.get(key)?.account ?? null;
  }

  private extend(key: ListenKey, now: TimeMs): void {
    key.cancelExpiry();
    key.cancelExpiry = this.timers.at(now + VALID_MS, () => this.end(key, true));
  }

  private end(ended: ListenKey, expired: boolean): void {
    ended.cancelExpiry();
    this.byAccount.delete(ended.account);
    this.byKey.delete(ended.key);
    this.onEnded(ended.key, ended.account, expired);
  }
}
