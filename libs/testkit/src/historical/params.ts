import {
  cash,
  decimal,
  type ClientLimits,
  type Decimal,
  type Distance,
  type ExecutionPlan,
  type Sizing,
  type StrategyParams,
} from '@bowline/domain';
import { MINUTE_MS } from './clock.js';

type Amount = number | string;

/** A strategy's parameters as the configuration names them. What is left out is off; an entry is one base unit. */
export interface ParamsSpec {
  readonly takeProfitPct?: Amount;
  readonly takeProfitSd?: number;
  readonly stopLossPct?: Amount;
  readonly stopLossSd?: number;
  readonly trailingStopPct?: Amount;
  readonly trailingStopSd?: number;
  readonly breakEvenPct?: Amount;
  readonly breakEvenSd?: number;
  readonly timeExitMinutes?: number;
  readonly volatilityWindow?: number;
  readonly orderType?: StrategyParams['orderType'];
  readonly limitOffsetBps?: Amount;
  readonly timeInForce?: StrategyParams['timeInForce'];
  readonly execution?: ExecutionPlan;
  readonly maxSlippageBps?: Amount;
  readonly entryPoint?: StrategyParams['entryPoint'];
  readonly mode?: StrategyParams['mode'];
  readonly scaleIn?: boolean;
  readonly fixedQuantity?: Amount;
  readonly fixedNotional?: Amount;
  readonly percentOfBalance?: Amount;
  readonly riskPerTrade?: Amount;
  readonly maxPositionSize?: Amount;
  readonly maxPositionNotional?: Amount;
  readonly maxOrderQuantity?: Amount;
  readonly maxOrderValue?: Amount;
  readonly maxConsecutiveLosses?: number;
}

export function strategyParams(spec: ParamsSpec = {}): StrategyParams {
  return {
    sizing: sizingOf(spec),
    takeProfit: distance(spec.takeProfitPct, spec.takeProfitSd),
    stopLoss: distance(spec.stopLossPct, spec.stopLossSd),
    trailingStop: distance(spec.trailingStopPct, spec.trailingStopSd),
    breakEven: distance(spec.breakEvenPct, spec.breakEvenSd),
    timeExitMs: spec.timeExitMinutes === undefined ? null : spec.timeExitMinutes * MINUTE_MS,
    volatilityWindow: spec.volatilityWindow ?? 2,
    orderType: spec.orderType ?? 'market',
    limitOffsetBps: decimal(spec.limitOffsetBps ?? 0),
    timeInForce: spec.timeInForce ?? 'GTC',
    maxSlippageBps: optional(spec.maxSlippageBps, decimal),
    entryPoint: spec.entryPoint ?? 'open',
    mode: spec.mode ?? 'longShort',
    scaleIn: spec.scaleIn ?? false,
    ...(spec.execution === undefined ? {} : { execution: spec.execution }),
    limits: {
      maxPositionSize: optional(spec.maxPositionSize, decimal),
      maxPositionNotional: optional(spec.maxPositionNotional, cash),
      maxOrderQuantity: optional(spec.maxOrderQuantity, decimal),
      maxOrderValue: optional(spec.maxOrderValue, cash),
      maxConsecutiveLosses: spec.maxConsecutiveLosses ?? null,
    },
  };
}

/** A client's limits. What is left out is off. */
export interface LimitsSpec {
  readonly maxLeverage?: Amount;
  readonly maxGrossExposure?: Amount;
  readonly maxNetExposure?: Amount;
  readonly maxDailyLoss?: Amount;
  readonly maxDrawdownPct?: Amount;
  readonly restrictedSymbols?: readonly string[];
  readonly duplicateOrderWindowMs?: number;
}

export function clientLimits(spec: LimitsSpec = {}): ClientLimits {
  return {
    maxLeverage: optional(spec.maxLeverage, decimal),
    maxGrossExposure: optional(spec.maxGrossExposure, cash),
    maxNetExposure: optional(spec.maxNetExposure, cash),
    maxDailyLoss: optional(spec.maxDailyLoss, cash),
    maxDrawdownPct: optional(spec.maxDrawdownPct, decimal),
    restrictedSymbols: spec.restrictedSymbols ?? [],
    duplicateOrderWindowMs: spec.duplicateOrderWindowMs ?? 0,
  };
}

function sizingOf({ fixedNotional, fixedQuantity, percentOfBalance, riskPerTrade }: ParamsSpec): Sizing {
  if (fixedNotional !== undefined) return { kind: 'fixedNotional', notional: cash(fixedNotional) };
  if (percentOfBalance !== undefined) return { kind: 'percentOfBalance', percent: decimal(percentOfBalance) };
  if (riskPerTrade !== undefined) return { kind: 'riskPerTrade', percent: decimal(riskPerTrade) };
  return { kind: 'fixedQuantity', quantity: decimal(fixedQuantity ?? 1) };
}

function distance(percent: Amount | undefined, multiple: number | undefined): Distance | null {
  if (percent !== undefined) return { kind: 'pct', percent: decimal(percent) };
  return multiple === undefined ? null : { kind: 'sd', multiple };
}

function optional<T extends Decimal | bigint>(
  amount: Amount | undefined,
  read: (amount: Amount) => T,
): T | null {
  return amount === undefined ? null : read(amount);
}
