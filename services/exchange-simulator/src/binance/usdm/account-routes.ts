import { formatUnits, type Cash } from '@bowline/domain';
import { USUAL_BRACKETS, cumulated, type AccountSetting } from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import { cashText } from '../common/decimal-text.js';
import type { Parameters } from '../common/parameters.js';
import type { Call, RequestKind, Route } from '../common/route.js';
import type { Usage } from '../common/usage.js';
import type { Books, Listed } from './books.js';
import type { Json } from './order-json.js';
import { weighing } from './order-routes.js';
import {
  amountText,
  entryText,
  marginOf,
  positionFigures,
  riskOf,
  sidesOf,
  type PositionFigures,
} from './position-json.js';
import { refusalOf } from './rejections.js';

const MOST_INCOMES = 1_000;
const WEEK_MS = 7 * 86_400_000;

/** What an account is and has, and how it trades. */
export function accountRoutes(books: Books, usage: Usage): readonly Route[] {
  const of = (
    method: Route['method'],
    path: string,
    kind: RequestKind,
    weight: number | ((params: Parameters) => number),
    handle: (call: Call) => unknown,
  ): Route => ({
    ...{ method, path: `/fapi/${path}`, security: 'signed', kind, handle },
    costOf: (params) => weighing(typeof weight === 'number' ? weight : weight(params)),
  });
  const position = 'query_position';
  return [
    of('GET', 'v2/account', position, 5, ({ account }) => accountV2(books, account)),
    of('GET', 'v3/account', position, 5, ({ account }) => accountV3(books, account)),
    of('GET', 'v2/balance', position, 5, ({ account }) => balances(books, account)),
    of('GET', 'v3/balance', position, 5, ({ account }) => balances(books, account)),
    of('GET', 'v2/positionRisk', position, 5, ({ account, params }) => riskV2(books, account, params)),
    of('GET', 'v3/positionRisk', position, 5, ({ account, params }) => riskV3(books, account, params)),
    of('GET', 'v1/income', position, 30, (call) => incomes(books, call)),
    of('POST', 'v1/leverage', 'other', 1, ({ account, params }) => {
      const { instrument } = books.symbolOf(params);
      const leverage = params.requiredInteger('leverage');
      set(books, { kind: 'leverage', account, symbol: instrument.symbol, leverage });
      return { leverage, maxNotionalValue: mostNotional(leverage), symbol: instrument.symbol };
    }),
    of('POST', 'v1/marginType', 'other', 1, ({ account, params }) => {
      const { symbol } = books.symbolOf(params).instrument;
      const type = params.oneOf('marginType', ['ISOLATED', 'CROSSED']);
      if (type === null) throw BinanceError.of(-1102, 'marginType');
      const isolated = type === 'ISOLATED';
      if (books.exchange.settingsOf(account).isIsolated(symbol) === isolated) throw BinanceError.of(-4046);
      set(books, { kind: 'marginType', account, symbol, isolated });
      return { code: 200, msg: 'success' };
    }),
    of('GET', 'v1/positionSide/dual', 'other', 30, ({ account }) => ({
      dualSidePosition: books.exchange.settingsOf(account).hedgeMode,
    })),
    of('POST', 'v1/positionSide/dual', 'other', 1, ({ account, params }) => {
      const hedgeMode = params.requiredFlag('dualSidePosition');
      if (books.exchange.settingsOf(account).hedgeMode === hedgeMode) throw BinanceError.of(-4059);
      set(books, { kind: 'positionMode', account, hedgeMode });
      return { code: 200, msg: 'success' };
    }),
    // Every account keeps the margin of each currency apart.
    of('GET', 'v1/multiAssetsMargin', 'other', 30, () => ({ multiAssetsMargin: false })),
    of('GET', 'v1/accountConfig', 'other', 5, ({ account }) => ({
      ...CAPABILITIES,
      dualSidePosition: books.exchange.settingsOf(account).hedgeMode,
    })),
    of('GET', 'v1/symbolConfig', 'other', 5, ({ account, params }) =>
      books.symbolsOf(params).map(({ instrument: { symbol } }) => {
        const settings = books.exchange.settingsOf(account);
        const leverage = settings.leverageOf(symbol);
        const marginType = settings.isIsolated(symbol) ? 'ISOLATED' : 'CROSSED';
        return {
          symbol,
          marginType,
          isAutoAddMargin: false,
          leverage,
          maxNotionalValue: mostNotional(leverage),
        };
      }),
    ),
    of('GET', 'v1/leverageBracket', 'other', 1, ({ params }) => books.symbolsOf(params).map(bracketsOf)),
    of('GET', 'v1/commissionRate', 'other', 20, ({ account, params }) => {
      const { symbol } = books.symbolOf(params).instrument;
      const { feeMakerBps, feeTakerBps } = books.termsOf(account);
      return {
        symbol,
        makerCommissionRate: formatUnits(feeMakerBps.units, feeMakerBps.scale + 4),
        takerCommissionRate: formatUnits(feeTakerBps.units, feeTakerBps.scale + 4),
        rpiCommissionRate: '0',
      };
    }),
    of('GET', 'v1/adlQuantile', position, 5, ({ account, params }) =>
      books.symbolsOf(params).map((listed) => ({
        symbol: listed.instrument.symbol,
        adlQuantile: Object.fromEntries(
          sidesOf(books, account).map((side) => [
            side,
            books.position(account, listed.instrument.symbol, side) ? 1 : 0,
          ]),
        ),
      })),
    ),
    of('GET', 'v1/rateLimit/order', 'other', 1, () => [
      {
        rateLimitType: 'ORDERS',
        interval: 'SECOND',
        intervalNum: 10,
        limit: usage.limits.ordersPer10Seconds,
      },
      { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: usage.limits.ordersPerMinute },
    ]),
  ];
}

const CAPABILITIES = {
  feeTier: 0,
  canTrade: true,
  canDeposit: true,
  canWithdraw: false,
  updateTime: 0,
  multiAssetsMargin: false,
  tradeGroupId: -1,
} as const;

/** Changes a setting. Throws a BinanceError where it cannot be. */
export function set(books: Books, setting: AccountSetting): void {
  const refusal = books.exchange.set(setting);
  if (refusal === null) return;
  if (refusal === 'INVALID_LEVERAGE' && setting.kind === 'leverage')
    throw BinanceError.of(-4028, setting.leverage);
  throw refusalOf(refusal);
}

function assetsOf(books: Books, account: string): readonly string[] {
  return [...new Set([...books.exchange.balances(account).keys(), ...books.settlements()])];
}

function assetRow(books: Books, account: string, asset: string): Record<string, unknown> {
  const margin = marginOf(books, account, asset);
  return {
    asset,
    walletBalance: cashText(margin.wallet),
    unrealizedProfit: cashText(margin.unrealized),
    marginBalance: cashText(margin.equity),
    maintMargin: cashText(margin.maintenance),
    initialMargin: cashText(margin.positionMargin + margin.orderMargin),
    positionInitialMargin: cashText(margin.positionMargin),
    openOrderInitialMargin: cashText(margin.orderMargin),
    crossWalletBalance: cashText(margin.wallet),
    crossUnPnl: cashText(margin.unrealized),
    availableBalance: cashText(margin.available),
    maxWithdrawAmount: cashText(margin.available),
    updateTime: lastUpdate(books, account, asset),
  };
}

function lastUpdate(books: Books, account: string, asset: string): number {
  const times = books
    .listedIn(asset)
    .flatMap(({ instrument: { symbol } }) =>
      sidesOf(books, account).map((side) => books.accounts.position(account, symbol, side).updateTime),
    );
  return Math.max(0, ...times);
}

/** The sums over all currencies, each of them taken for a dollar. */
function totals(books: Books, account: string): Json {
  const sums = { wallet: 0n, unrealized: 0n, equity: 0n, maintenance: 0n, position: 0n, order: 0n, free: 0n };
  for (const asset of assetsOf(books, account)) {
    const margin = marginOf(books, account, asset);
    sums.wallet += margin.wallet;
    sums.unrealized += margin.unrealized;
    sums.equity += margin.equity;
    sums.maintenance += margin.maintenance;
    sums.position += margin.positionMargin;
    sums.order += margin.orderMargin;
    sums.free += margin.available;
  }
  const text = (amount: Cash): string => cashText(amount);
  return {
    totalInitialMargin: text(sums.position + sums.order),
    totalMaintMargin: text(sums.maintenance),
    totalWalletBalance: text(sums.wallet),
    totalUnrealizedProfit: text(sums.unrealized),
    totalMarginBalance: text(sums.equity),
    totalPositionInitialMargin: text(sums.position),
    totalOpenOrderInitialMargin: text(sums.order),
    totalCrossWalletBalance: text(sums.wallet),
    totalCrossUnPnl: text(sums.unrealized),
    availableBalance: text(sums.free),
    maxWithdrawAmount: text(sums.free),
  };
}

function accountV2(books: Books, account: string): Json {
  const settings = books.exchange.settingsOf(account);
  return {
    ...CAPABILITIES,
    ...totals(books, account),
    assets: assetsOf(books, account).map((asset) => ({
      ...assetRow(books, account, asset),
      marginAvailable: true,
    })),
    positions: figuresOf(books, account, books.all()).map((figures) => ({
      ...accountRow(books, account, figures),
      positionInitialMargin: cashText(figures.initialMargin),
      openOrderInitialMargin: cashText(figures.openOrderMargin),
      leverage: String(settings.leverageOf(figures.listed.instrument.symbol)),
      isolated: settings.isIsolated(figures.listed.instrument.symbol),
      entryPrice: entryText(figures),
      maxNotional: mostNotional(settings.leverageOf(figures.listed.instrument.symbol)),
      bidNotional: cashText(figures.bidNotional),
      askNotional: cashText(figures.askNotional),
    })),
  };
}

/** Only what the account holds, or has orders for. */
function accountV3(books: Books, account: string): Json {
  return {
    ...totals(books, account),
    assets: assetsOf(books, account).map((asset) => assetRow(books, account, asset)),
    positions: figuresOf(books, account, books.all())
      .filter(isInUse)
      .map((figures) => ({
        ...accountRow(books, account, figures),
        isolatedMargin: '0',
        notional: cashText(figures.notional),
        isolatedWallet: '0',
      })),
  };
}

function accountRow(books: Books, account: string, figures: PositionFigures): Json {
  const { symbol } = figures.listed.instrument;
  return {
    symbol,
    positionSide: figures.positionSide,
    positionAmt: amountText(figures),
    unrealizedProfit: cashText(figures.unrealized),
    initialMargin: cashText(figures.initialMargin + figures.openOrderMargin),
    maintMargin: cashText(figures.maintenanceMargin),
    updateTime: books.accounts.position(account, symbol, figures.positionSide).updateTime,
  };
}

function balances(books: Books, account: string): readonly Json[] {
  return assetsOf(books, account).map((asset) => {
    const margin = marginOf(books, account, asset);
    return {
      accountAlias: account,
      asset,
      balance: cashText(margin.wallet),
      crossWalletBalance: cashText(margin.wallet),
      crossUnPnl: cashText(margin.unrealized),
      availableBalance: cashText(margin.available),
      maxWithdrawAmount: cashText(margin.available),
      marginAvailable: true,
      updateTime: lastUpdate(books, account, asset),
    };
  });
}

function figuresOf(books: Books, account: string, listed: readonly Listed[]): readonly PositionFigures[] {
  return listed.flatMap((each) =>
    sidesOf(books, account).map((side) => positionFigures(books, account, each, side)),
  );
}

function isInUse({ askNotional, bidNotional, held }: PositionFigures): boolean {
  return held !== null || bidNotional > 0n || askNotional > 0n;
}

function riskV2(books: Books, account: string, params: Parameters): readonly Json[] {
  const settings = books.exchange.settingsOf(account);
  return figuresOf(books, account, books.symbolsOf(params)).map((figures) => {
    const { symbol } = figures.listed.instrument;
    const isolated = settings.isIsolated(symbol);
    const leverage = settings.leverageOf(symbol);
    return {
      ...riskOf(books, account, figures),
      leverage: String(leverage),
      maxNotionalValue: mostNotional(leverage),
      marginType: isolated ? 'isolated' : 'cross',
      isAutoAddMargin: 'false',
    };
  });
}

function riskV3(books: Books, account: string, params: Parameters): readonly Json[] {
  return figuresOf(books, account, books.symbolsOf(params))
    .filter(isInUse)
    .map((figures) => riskOf(books, account, figures));
}

function incomes(books: Books, { account, at, params }: Call): readonly Json[] {
  const symbol = params.text('symbol');
  const type = params.text('incomeType');
  const since = params.integer('startTime') ?? at - WEEK_MS;
  const until = params.integer('endTime') ?? Number.POSITIVE_INFINITY;
  const limit = params.limit('limit', 100, MOST_INCOMES);
  const page = params.integer('page') ?? 1;
  if (page < 1) throw BinanceError.of(-1130, 'page');
  const wanted = books.accounts
    .incomes(account)
    .filter((income) => symbol === null || income.symbol === symbol)
    .filter((income) => type === null || income.incomeType === type)
    .filter(({ time }) => time >= since && time <= until);
  // Without a beginning the last ones, with one the first.
  const chosen = params.has('startTime')
    ? wanted.slice((page - 1) * limit, page * limit)
    : wanted.slice(-limit);
  return chosen.map(({ income, ...rest }) => ({ ...rest, income: cashText(income) }));
}

const BRACKETS = cumulated(USUAL_BRACKETS);

/** What a position may be worth at a leverage. */
function mostNotional(leverage: number): string {
  const at = BRACKETS.findIndex(({ maxLeverage }) => maxLeverage < leverage);
  const cap = at < 0 ? LAST_CAP : BRACKETS[at].notionalFloor;
  return cashText(cap).replace(/\.0*$/, '');
}

/** The last bracket has no end; Binance gives it one. */
const LAST_CAP: Cash = BRACKETS[BRACKETS.length - 1].notionalFloor * 2n;

function bracketsOf({ instrument }: Listed): Json {
  const number = (amount: Cash): number => Number(cashText(amount));
  return {
    symbol: instrument.symbol,
    notionalCoef: 1,
    brackets: BRACKETS.map(({ cumulative, maintenanceBps, maxLeverage, notionalFloor }, at) => ({
      bracket: at + 1,
      initialLeverage: maxLeverage,
      notionalCap: number(BRACKETS[at + 1]?.notionalFloor ?? LAST_CAP),
      notionalFloor: number(notionalFloor),
      maintMarginRatio: maintenanceBps / 10_000,
      cum: number(cumulative),
    })),
  };
}
