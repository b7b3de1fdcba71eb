import type { TimeMs } from '@bowline/domain';
import type { DialectFaults, RequestTrouble } from './binance/common/dialect.js';
import type { RequestKind } from './binance/common/route.js';
import type { EventFaults } from './binance/common/user-streams.js';
import type { FaultScript } from './faults.js';

/** What is to go wrong at one exchange, as its dialect asks for it. */
export class ExchangeFaults implements DialectFaults, EventFaults {
  constructor(
    private readonly script: FaultScript,
    private readonly exchange: string,
  ) {}

  troubleOf(account: string | null, kind: RequestKind, clientOrderId: string | null): RequestTrouble | null {
    return this.script.troubleOf(this.exchange, account, kind, clientOrderId);
  }

  isInMaintenance(now: TimeMs): boolean {
    return this.script.isInMaintenance(this.exchange, now);
  }

  isAway(account: string, now: TimeMs): boolean {
    return this.script.isAway(this.exchange, account, now);
  }

  isDoubled(account: string): boolean {
    return this.script.isDoubled(this.exchange, account);
  }

  isHeldBack(account: string): boolean {
    return this.script.isHeldBack(this.exchange, account);
  }

  skewMs(): number {
    return this.script.skewMs(this.exchange);
  }
}
