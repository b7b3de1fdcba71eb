import { createHmac, timingSafeEqual } from 'node:crypto';
import type { TimeMs } from '@bowline/domain';
import { BinanceError } from './binance-error.js';
import type { DialectRequest } from './dialect-request.js';

/** How an account proves who it is. */
export interface ApiCredentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

const RECV_WINDOW_MS = 5_000;
const LONGEST_RECV_WINDOW_MS = 60_000;
/** How far a request may be ahead of the exchange's clock. */
const MOST_AHEAD_MS = 1_000;

/** Who may come in with which key. */
export class Credentials {
  private readonly byKey = new Map<string, { readonly account: string; readonly secret: string }>();

  /** Throws a RangeError where two accounts have one key. */
  constructor(accounts: readonly (ApiCredentials & { readonly account: string })[]) {
    for (const { account, apiKey, apiSecret } of accounts) {
      if (this.byKey.has(apiKey)) throw new RangeError(`two accounts have the API key of ${account}`);
      this.byKey.set(apiKey, { account, secret: apiSecret });
    }
  }

  /** Whose key it is. Throws a BinanceError. */
  accountOf({ apiKey }: DialectRequest): string {
    if (apiKey === null || apiKey === '') throw BinanceError.of(-2014);
    const known = this.byKey.get(apiKey);
    if (known === undefined) throw BinanceError.of(-2015);
    return known.account;
  }

  /** Whose key it is, if anybody's. */
  knownAccountOf({ apiKey }: DialectRequest): string | null {
    return this.byKey.get(apiKey ?? '')?.account ?? null;
  }

  /** Whose request it is, once signature and time are right. Throws a BinanceError. */
  signerOf(request: DialectRequest, now: TimeMs): string {
    const account = this.accountOf(request);
    const { params, payload, signature } = request;
    checkTime(params.requiredInteger('timestamp'), params.integer('recvWindow') ?? RECV_WINDOW_MS, now);
    if (signature === null || signature === '') throw BinanceError.of(-1102, 'signature');
    const { secret } = this.byKey.get(request.apiKey!)!;
    const right = createHmac('sha256', secret).update(payload).digest();
    const given = Buffer.from(signature, 'hex');
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw BinanceError.of(-1022);
    return account;
  }
}

function checkTime(timestamp: TimeMs, recvWindowMs: number, now: TimeMs): void {
  if (recvWindowMs > LONGEST_RECV_WINDOW_MS || recvWindowMs < 0) throw BinanceError.of(-1131);
  if (timestamp >= now + MOST_AHEAD_MS)
    throw BinanceError.of(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  if (now - timestamp > recvWindowMs)
    throw BinanceError.of(-1021, 'Timestamp for this request is outside of the recvWindow.');
}
