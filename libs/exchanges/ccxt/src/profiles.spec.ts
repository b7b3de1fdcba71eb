import { describe, expect, it } from '@jest/globals';
import type { Side } from '@bowline/domain';
import { loadExchange } from './ccxt/load.js';
import type { CcxtExchange } from './ccxt/shape.js';
import { profiledIds, profileOf } from './profiles.js';

interface Sent {
  readonly url: string;
  readonly text: string;
}

const STEPS = { amount: 0.001, price: 0.1 };

/** An exchange whose requests are kept and answered with nothing that could be an order. */
async function exchangeOf(ccxtId: string): Promise<{ exchange: CcxtExchange; market: string; sent: Sent[] }> {
  const Exchange = await loadExchange(ccxtId);
  const keys = { apiKey: 'k', secret: 'c2VjcmV0', password: 'p' };
  const exchange = new Exchange({
    ...keys,
    options: { enableUnifiedAccount: true, enableUnifiedMargin: false },
  });
  const parsers = exchange as unknown as {
    setMarkets(markets: readonly unknown[]): unknown;
    safeMarketStructure(market: unknown): unknown;
  };
  const isSpot = ccxtId === 'kraken';
  const symbol = isSpot ? 'BTC/USDT' : 'BTC/USDT:USDT';
  const [type, settle] = isSpot ? ['spot', undefined] : ['swap', 'USDT'];
  const currencies = { base: 'BTC', quote: 'USDT', settle, baseId: 'BTC', quoteId: 'USDT', settleId: settle };
  const kinds = { spot: isSpot, swap: !isSpot, contract: !isSpot, linear: !isSpot, inverse: false };
  const more = {
    active: true,
    contractSize: 1,
    precision: STEPS,
    info: { orderTypes: ['LIMIT', 'STOP_MARKET'] },
  };
  parsers.setMarkets([
    parsers.safeMarketStructure({
      id: 'BTCUSDT',
      altname: 'BTCUSDT',
      symbol,
      type,
      ...currencies,
      ...kinds,
      ...more,
    }),
  ]);
  const sent: Sent[] = [];
  exchange.fetchImplementation = (url: string, { body }: { readonly body?: string }) => {
    sent.push({ url: decodeURIComponent(url), text: decodeURIComponent(body ?? '') });
    return Promise.resolve(new Response('{}'));
  };
  return { exchange, market: symbol, sent };
}

/** What was sent last, whatever became of it. */
async function sentBy(ask: Promise<unknown>, sent: readonly Sent[]): Promise<string> {
  await ask.catch(() => undefined);
  const last = sent.at(-1);
  return `${last?.url ?? ''} ${last?.text ?? ''}`;
}

describe('a stop', () => {
  it.each<[string, Side, readonly RegExp[]]>([
    ['binanceusdm', 'SELL', [/algoOrder/, /clientAlgoId=b1/, /triggerPrice=42000.1/, /type=STOP_MARKET/]],
    ['okx', 'SELL', [/order-algo/, /"algoClOrdId":"b1"/, /"triggerPx":"42000.1"/, /"ordType":"trigger"/]],
    [
      'bybit',
      'SELL',
      [/order\/create/, /"orderLinkId":"b1"/, /"triggerPrice":"42000.1"/, /"triggerDirection":2/],
    ],
    ['bybit', 'BUY', [/"triggerDirection":1/, /"triggerBy":"LastPrice"/]],
    ['kraken', 'SELL', [/AddOrder/, /cl_ord_id=[0-9a-f-]{36}/, /ordertype=stop-loss/, /price=42000.1/]],
  ])('at %s, to %s, rests there under our id', async (ccxtId, side, expected) => {
    const { exchange, market, sent } = await exchangeOf(ccxtId);
    const profile = profileOf(ccxtId)!;
    const id = profile.clientOrderId.sent?.('b1') ?? 'b1';
    const word = side === 'BUY' ? 'buy' : 'sell';
    const params = { clientOrderId: id, ...profile.stop(42_000.1, side, id), ...profile.selfTrade(false) };
    const text = await sentBy(exchange.createOrder(market, 'market', word, 0.003, undefined, params), sent);
    for (const part of expected) expect(text).toMatch(part);
    // It may open a position of another owner's at the exchange while it closes ours.
    expect(text).not.toMatch(/reduceOnly"?[=:]"?true/i);
  });
});

describe('an order', () => {
  it.each<[string, readonly RegExp[]]>([
    ['binanceusdm', [/origClientOrderId=b1/]],
    ['okx', [/"clOrdId":"b1"/]],
    ['bybit', [/"orderLinkId":"b1"/]],
    ['kraken', [/cl_ord_id=[0-9a-f-]{36}/]],
  ])('is canceled at %s by our id', async (ccxtId, expected) => {
    const { exchange, market, sent } = await exchangeOf(ccxtId);
    const profile = profileOf(ccxtId)!;
    const id = profile.clientOrderId.sent?.('b1') ?? 'b1';
    const text = await sentBy(exchange.cancelOrder(undefined, market, profile.byClientOrderId(id)), sent);
    for (const part of expected) expect(text).toMatch(part);
    expect(text).not.toMatch(/undefined/);
  });

  it.each<[string, RegExp]>([
    ['binanceusdm', /origClientOrderId=b1/],
    ['okx', /clOrdId=b1/],
    ['bybit', /realtime.*orderLinkId=b1/],
    ['kraken', /OpenOrders.*cl_ord_id=[0-9a-f-]{36}/],
  ])('is found at %s by our id', async (ccxtId, expected) => {
    const { exchange, market, sent } = await exchangeOf(ccxtId);
    const profile = profileOf(ccxtId)!;
    const params = profile.byClientOrderId(profile.clientOrderId.sent?.('b1') ?? 'b1');
    const asked =
      profile.find === 'fetchOrder'
        ? exchange.fetchOrder(undefined, market, params)
        : exchange.fetchOpenOrders(market, undefined, undefined, params);
    expect(await sentBy(asked, sent)).toMatch(expected);
  });

  it('in hedge mode says which side it is of', () => {
    const terms = { positionSide: 'SHORT' } as Parameters<
      NonNullable<ReturnType<typeof profile>['hedge']>
    >[0];
    const sides = profiledIds().map((id) => [id, profile(id).hedge?.(terms) ?? null]);
    expect(Object.fromEntries(sides)).toMatchObject({
      binanceusdm: { positionSide: 'SHORT' },
      okx: { positionSide: 'short' },
      bybit: { positionIdx: 2 },
      kraken: null,
    });
  });
});

const profile = (ccxtId: string) => profileOf(ccxtId)!;

describe('what an exchange gets as our id', () => {
  it('fits its pattern, and is the same for the same id', () => {
    const ours = '0123456789abcdefghijklmnopqrstuv';
    for (const { clientOrderId } of profiledIds().map(profile)) {
      expect(ours).toMatch(new RegExp(clientOrderId.pattern));
      expect(clientOrderId.sent?.(ours)).toBe(clientOrderId.sent?.(ours));
    }
    expect(profile('kraken').clientOrderId.sent?.(ours)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
