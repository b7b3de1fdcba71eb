import { createHash, timingSafeEqual } from 'node:crypto';
import { isSignedBy, problem, SIGNATURE_TOLERANCE_S, WEBHOOK_HEADERS } from '@bowline/contracts';
import type { Problem } from '@bowline/contracts';
import { anybody, type Sender } from './sender.js';

/** A sender of signals by HTTP, with its secrets themselves. */
export interface SignalSource {
  readonly name: string;
  readonly strategies: readonly string[] | null;
  /** Keys of signatures (`standard`), or what stands in the body as it is (`tradingview`). */
  readonly kind: 'standard' | 'tradingview';
  readonly keys: readonly Uint8Array[];
}

export interface SignalAccessOptions {
  readonly sources: readonly SignalSource[];
  /** Whether unsigned requests are taken. */
  readonly open: boolean;
  /** Milliseconds since 1970, as senders have them: never a virtual clock. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Of a request, as Node has them: in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export type Admitted =
  { readonly ok: true; readonly sender: Sender } | { readonly ok: false; readonly problem: Problem };

const LONGEST_ID = 256;
const S_MS = 1000;

/**
 * Tells who sends a request. Every key of every source is tried, whatever is found, so that neither the answer nor the
 * time that it takes tells which sources there are.
 */
export class SignalAccess {
  private readonly now: () => number;

  constructor(private readonly options: SignalAccessOptions) {
    this.now = options.now ?? Date.now;
  }

  /** Takes everybody, unsigned. */
  static open(): SignalAccess {
    return new SignalAccess({ sources: [], open: true });
  }

  /**
   * A request that is signed as Standard Webhooks say.
   *
   * @param address counts for what comes unsigned
   * @param body as it came
   */
  signed(address: string, headers: RequestHeaders, body: Uint8Array): Admitted {
    const id = headerOf(headers, WEBHOOK_HEADERS.id);
    const timestamp = headerOf(headers, WEBHOOK_HEADERS.timestamp);
    const signature = headerOf(headers, WEBHOOK_HEADERS.signature);
    const named = headerOf(headers, WEBHOOK_HEADERS.source);
    const isUnsigned = id === null && timestamp === null && signature === null && named === null;
    if (isUnsigned && this.options.open) return { ok: true, sender: anybody(address) };
    if (id === null || timestamp === null || signature === null) return notSigned(UNSIGNED);
    if (id.length > LONGEST_ID) return notSigned(`webhook-id has more than ${LONGEST_ID} characters`);
    if (!/^\d{1,12}$/.test(timestamp))
      return notSigned('webhook-timestamp is no number of seconds since 1970');
    const stale = this.staleness(Number(timestamp));
    if (stale !== null) return { ok: false, problem: problem('stale-signature', { detail: stale }) };
    const content = { id, timestamp, body };
    const source = this.sourceWhere('standard', (key) => isSignedBy(key, content, signature));
    if (source === null || (named !== null && named !== source.name)) return WRONG_SIGNATURE;
    return { ok: true, sender: senderOf(source, `${source.name}/${id}`) };
  }

  /** A request with the secret of its source in its body; null: there is none in it. */
  bySecret(address: string, name: string, secret: string | null): Admitted {
    if (secret === null && this.options.open) return { ok: true, sender: anybody(address) };
    if (secret === null) return notSigned('the body has no secret; write one of those of its source into it');
    const given = digest(Buffer.from(secret));
    const source = this.sourceWhere(
      'tradingview',
      // Of one length, whatever was sent.
      (key, owner) => timingSafeEqual(digest(key), given) && owner.name === name,
    );
    return source === null ? WRONG_SECRET : { ok: true, sender: senderOf(source, null) };
  }

  private sourceWhere(
    kind: SignalSource['kind'],
    matches: (key: Uint8Array, source: SignalSource) => boolean,
  ): SignalSource | null {
    let found: SignalSource | null = null;
    for (const source of this.options.sources) {
      if (source.kind !== kind) continue;
      for (const key of source.keys) if (matches(key, source)) found = source;
    }
    return found;
  }

  private staleness(signedAtS: number): string | null {
    const aheadS = signedAtS - this.now() / S_MS;
    if (Math.abs(aheadS) <= SIGNATURE_TOLERANCE_S) return null;
    const off = `${Math.round(Math.abs(aheadS))} s ${aheadS > 0 ? 'ahead of' : 'behind'} this machine's time`;
    return `webhook-timestamp is ${off}; at most ${SIGNATURE_TOLERANCE_S} s are taken, so sign every attempt anew`;
  }
}

const UNSIGNED = `webhook-id, webhook-timestamp and webhook-signature are needed, as Standard Webhooks have them`;

const WRONG_SIGNATURE: Admitted = {
  ok: false,
  problem: problem('wrong-signature', {
    detail:
      'no source here has signed this: check secret and source, and that the bytes that were signed are those that were sent',
  }),
};

const WRONG_SECRET: Admitted = {
  ok: false,
  problem: problem('wrong-signature', { detail: 'this is no secret of the source that the address names' }),
};

function notSigned(detail: string): Admitted {
  return { ok: false, problem: problem('not-signed', { detail }) };
}

function senderOf({ name, strategies }: SignalSource, requestId: string | null): Sender {
  // An address never looks like this.
  return { source: `source ${name}`, strategies, requestId, recorded: null };
}

function headerOf(headers: RequestHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
