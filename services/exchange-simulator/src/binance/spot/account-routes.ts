import { formatUnits, type Decimal } from '@bowline/domain';
import { cashText } from '../common/decimal-text.js';
import type { ListenKeys } from '../common/listen-keys.js';
import type { Call, Route } from '../common/route.js';
import type { Usage } from '../common/usage.js';
import type { Books } from './books.js';
import type { Json } from './order-json.js';
import { signed, weighing } from './order-routes.js';
import { withDecimals } from './spot-texts.js';

const NONE = '0.00000000';

/** What an account is, has, and may do. */
export function accountRoutes(books: Books, usage: Usage): readonly Route[] {
  return [
    signed('GET', 'account', 'query_position', 20, (call) => account(books, call)),
    signed('GET', 'account/commission', 'other', 20, (call) => commission(books, call)),
    signed('GET', 'rateLimit/order', 'other', 40, ({ account: who, at }) => usage.orders(who, at)),
    {
      ...{ method: 'GET', path: '/sapi/v1/account/apiRestrictions', security: 'signed', kind: 'other' },
      costOf: () => weighing(1),
      handle: () => RESTRICTIONS,
    },
  ];
}

/** The keys of user streams: an API key is enough for them. */
export function listenKeyRoutes(keys: ListenKeys): readonly Route[] {
  const of = (method: Route['method'], handle: (call: Call) => unknown): Route => ({
    ...{ method, path: '/api/v3/userDataStream', security: 'key', kind: 'other', handle },
    costOf: () => weighing(2),
  });
  return [
    of('POST', ({ account: who, at }) => ({ listenKey: keys.open(who, at) })),
    of('PUT', ({ account: who, at }) => {
      keys.keepAlive(who, at);
      return {};
    }),
    of('DELETE', ({ account: who }) => {
      keys.close(who);
      return {};
    }),
  ];
}

/** What a key may do here: trade, and take nothing out. */
const RESTRICTIONS: Json = {
  ...{ ipRestrict: false, createTime: 0, enableReading: true, enableSpotAndMarginTrading: true },
  ...{ enableWithdrawals: false, enableInternalTransfer: false, permitsUniversalTransfer: false },
  ...{ enableMargin: false, enableFutures: false, enableVanillaOptions: false },
  ...{ enablePortfolioMarginTrading: false, enableFixApiTrade: false, enableFixReadOnly: false },
};

function account(books: Books, { account: who, at, params }: Call): Json {
  const { feeMakerBps, feeTakerBps } = books.termsOf(who);
  const rows = books
    .assets(who)
    .filter(({ free, locked }) => !params.flag('omitZeroBalances') || free !== 0n || locked !== 0n);
  return {
    ...{ makerCommission: whole(feeMakerBps), takerCommission: whole(feeTakerBps) },
    ...{ buyerCommission: 0, sellerCommission: 0 },
    commissionRates: { maker: rate(feeMakerBps), taker: rate(feeTakerBps), buyer: NONE, seller: NONE },
    ...{ canTrade: true, canWithdraw: false, canDeposit: false, brokered: false },
    ...{ requireSelfTradePrevention: false, preventSor: false, updateTime: at, accountType: 'SPOT' },
    balances: rows.map(({ asset, free, locked }) => ({
      ...{ asset, free: cashText(free), locked: cashText(locked) },
    })),
    permissions: ['SPOT'],
    uid: 1,
  };
}

function commission(books: Books, { account: who, params }: Call): Json {
  const { symbol } = books.symbolOf(params).instrument;
  const { feeMakerBps, feeTakerBps } = books.termsOf(who);
  const none = { maker: NONE, taker: NONE, buyer: NONE, seller: NONE };
  return {
    symbol,
    standardCommission: { ...none, maker: rate(feeMakerBps), taker: rate(feeTakerBps) },
    specialCommission: none,
    taxCommission: none,
    discount: { enabledForAccount: false, enabledForSymbol: false, discountAsset: 'BNB', discount: NONE },
  };
}

/** Hundredths of a percent as a fraction. */
function rate({ scale, units }: Decimal): string {
  return withDecimals(formatUnits(units, scale + 4));
}

/** Whole hundredths of a percent, which is all that this has room for. */
function whole({ scale, units }: Decimal): number {
  return Number(units / 10n ** BigInt(scale));
}
