import type {
  CloseIntent,
  Execution,
  ExchangePositionReport,
  ExternalFill,
  ForcedClose,
  FundingCharged,
  Intent,
  OpenIntent,
  OrderExecution,
  OrderTerms,
  PositionReport,
  ProtectionPlan,
  ReverseIntent,
} from '@bowline/domain';
import type { AuditEntry } from './audit.js';
import type {
  AccountMessage,
  AuditMessage,
  DeadLetterMessage,
  ClientSignal,
  ControlMessage,
  ExchangeInput,
  ExecutionMessage,
  OrdersMessage,
  OrderIntentMessage,
  PositionsMessage,
} from './topics.js';

/**
 * A value of every kind that the topics carry, with every field that its type can have: a field that is added to a type
 * has to be added here, and is then refused until the schema knows it.
 */
const at = 1_700_000_000_000;
export const channel = { clientId: 'odum', exchange: 'binance-usdm', symbol: 'BTCUSDT' };
const key = { strategyPositionId: 'A-1', leg: 'e', generation: 0 } as const;

const plan: Required<ProtectionPlan> = {
  takeProfit: { kind: 'price', price: 480_000 },
  stopLoss: { kind: 'pct', percent: { units: 15n, scale: 1 } },
  volatility: 0.012,
  trailingStop: { kind: 'sd', multiple: 2.5 },
  breakEven: null,
  timeExitMs: 60_000,
};
export const terms: Required<OrderTerms> = {
  key,
  side: 'BUY',
  positionSide: 'LONG',
  orderType: 'limit',
  orderQty: 3,
  limitPrice: 450_000,
  stopPrice: null,
  timeInForce: 'GTC',
  reduceOnly: false,
  execution: { type: 'twap', durationMs: 60_000, slices: 4 },
};

const open: Required<OpenIntent> = {
  type: 'open',
  intentId: 'signal-1',
  strategyId: 'A',
  side: 'LONG',
  quantity: 3,
  orderType: 'limit',
  limitPrice: 450_000,
  timeInForce: 'GTC',
  execution: { type: 'vwap', durationMs: 60_000, profile: [3, 1, 2] },
  scaleIn: false,
  plan,
  referencePrice: 450_000,
  at,
  expiresAt: null,
};
const close: Required<CloseIntent> = {
  type: 'close',
  intentId: 'signal-2',
  strategyId: 'A',
  reason: 'signal',
  at,
};
const reverse: Required<ReverseIntent> = { type: 'reverse', intentId: 'signal-3', strategyId: 'A', open, at };
export const intents: Readonly<Record<Intent['type'], Intent>> = { open, close, reverse };

const report: Required<OrderExecution> = {
  execType: 'trade',
  tradeId: 17,
  lastQty: 1,
  lastPx: 450_000,
  cumQty: 1,
  orderQty: 3,
  version: 4,
};
const execution: Required<Execution> = {
  type: 'execution',
  key,
  side: 'BUY',
  report,
  fee: -5n,
  feeBaseLots: 0,
  reason: null,
  at,
};
const position: Required<ExchangePositionReport> = {
  type: 'position_report',
  signedQty: -3,
  lastTradeId: 17,
  at,
};
const external: Required<ExternalFill> = { type: 'external_fill', tradeId: 'x-1', signedQty: -2, at };
const forced: Required<ForcedClose> = {
  type: 'forced_close',
  tradeId: 18,
  side: 'SHORT',
  quantity: 2,
  price: 450_000,
  fee: 0n,
  at,
};
const funding: Required<FundingCharged> = {
  type: 'funding',
  price: 450_000,
  rateUnits: -1n,
  rateScale: 4,
  at,
};
export const exchangeInputs: Readonly<Record<ExchangeInput['type'], ExchangeInput>> = {
  execution,
  position_report: position,
  external_fill: external,
  forced_close: forced,
  funding,
};

export const orderCommands: Readonly<Record<OrdersMessage['type'], OrdersMessage>> = {
  place: { type: 'place', channel, strategyId: 'A', terms, expiresAt: at, at },
  cancel: { type: 'cancel', channel, strategyId: 'A', key, at },
  replace: { type: 'replace', channel, strategyId: 'A', key, terms, at },
  adopted: {
    ...{ type: 'adopted', channel, strategyId: 'A', strategyPositionId: 'A-1', signedQty: 3 },
    ...{ by: 'odi', reason: 'bought by hand', at },
  },
  heartbeat: { type: 'heartbeat', channel, at },
};

const scope = { exchange: 'binance-usdm', symbol: null, strategyId: 'A' };
const command = { clientId: 'odum', scope, by: 'operator', reason: 'a drill' };
export const controls: Readonly<Record<ControlMessage['type'], ControlMessage>> = {
  trading_state: { type: 'trading_state', ...command, tradingState: 'HALTED' },
  close: { type: 'close', ...command },
  retry: { type: 'retry', ...command },
  reconcile: { type: 'reconcile', ...command },
  adopt: {
    ...{ type: 'adopt', ...command, scope: { exchange: 'binance-usdm', symbol: 'BTCUSDT', strategyId: 'A' } },
    ...{ side: 'SHORT', quantity: '0.003', price: '45000.5', takeProfit: '43000', stopLoss: null },
  },
};

export const auditEntries: Readonly<Record<AuditEntry['type'], AuditEntry>> = {
  signal: {
    type: 'signal',
    signalId: 'signal-1',
    strategyId: 'A',
    exchange: null,
    symbol: 'BTCUSDT',
    signal: -1,
    signalTime: at,
    outcome: 'denied',
    code: 'MAX_LEVERAGE',
    text: 'too much',
    at,
  },
  intent_denied: {
    type: 'intent_denied',
    intentId: 'signal-1',
    strategyId: 'A',
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    code: 'INTENT_EXPIRED',
    text: 'too late',
    at,
  },
  alert: {
    type: 'alert',
    code: 'DRIFT',
    exchange: 'binance-usdm',
    symbol: 'BTCUSDT',
    strategyPositionId: 'A-1',
    leg: 's',
    quantity: 3,
    at,
  },
  control: {
    type: 'control',
    command: 'trading_state',
    ...scope,
    tradingState: 'REDUCING',
    by: 'operator',
    reason: 'a drill',
    at,
  },
  dead_letter: {
    type: 'dead_letter',
    shard: 'oco-manager/odum.binance-usdm.BTCUSDT',
    messageId: 'm-1',
    topic: 'executions.odum.binance-usdm',
    error: 'no JSON',
    at,
  },
};

export const signal: Required<ClientSignal> = {
  id: 'signal-1',
  strategyId: 'A',
  symbol: 'BTCUSDT',
  signal: 1,
  time: at,
  price: '45000.5',
  takeProfit: '48000',
  stopLoss: null,
  volatility: 0.01,
  quantity: '0.003',
  expiresAt: at,
};
export const account: Required<AccountMessage> = {
  clientId: 'odum',
  exchange: 'binance-usdm',
  asset: 'USDT',
  balance: 10n ** 22n,
  unknownOrders: 0,
  openOrders: 2,
  at,
};

const positionReport: Required<PositionReport> = {
  strategyId: 'A',
  side: 'LONG',
  openQty: 3,
  entryLeavesQty: 1,
  closing: true,
  closed: { netPnl: -5n, realizedPnl: -3n, traded: true },
};
const legView = { price: 480_000, status: 'working', clientOrderId: 'a0t01' } as const;
export const positions: Required<PositionsMessage> = {
  channel,
  at,
  reports: [{ report: positionReport, sequence: 1 }],
  positions: [
    {
      strategyPositionId: 'A-1',
      strategyId: 'A',
      side: 'LONG',
      status: 'open',
      openQty: 3,
      cost: 1_350_000n,
      enteredQty: 3,
      entryValue: 1_350_000n,
      exitValue: 0n,
      realizedPnl: 0n,
      fees: 5n,
      funding: -1n,
      openedAt: at,
      entryTime: at,
      takeProfit: legView,
      stopLoss: { ...legView, status: null, clientOrderId: null },
      pairStatus: 'active',
      closing: 'signal',
      protection: 'guarded',
      unprotectedSince: at,
      stuck: false,
    },
  ],
  trades: [
    {
      strategyPositionId: 'A-1',
      strategyId: 'A',
      side: 'LONG',
      quantity: 3,
      entryTime: at,
      entryValue: 1_350_000n,
      exitTime: at,
      exitValue: 1_440_000n,
      closeReason: 'take_profit',
      realizedPnl: 9n,
      fees: 1n,
      funding: 0n,
      netPnl: 8n,
      signalPrice: 450_000,
      takeProfitPrice: 480_000,
      stopLossPrice: null,
      orders: [key],
      exitOrderId: 'a0t01',
    },
  ],
  orders: [
    {
      strategyId: 'A',
      key,
      clientOrderId: 'a0e00',
      side: 'BUY',
      positionSide: 'LONG',
      orderType: 'limit',
      timeInForce: 'GTC',
      orderQty: 3,
      limitPrice: 450_000,
      stopPrice: null,
      orderStatus: 'new',
      cumQty: 0,
      cumValue: 0n,
      createdTime: at,
      updatedTime: at,
    },
  ],
  fills: [
    {
      strategyId: 'A',
      key,
      clientOrderId: 'a0e00',
      tradeId: 17,
      side: 'BUY',
      lastQty: 1,
      lastPx: 450_000,
      fee: 1n,
      time: at,
    },
  ],
  shares: {
    sumOfShares: -3,
    external: -1,
    dust: 0,
    exchangeQty: -3,
    exchangeAt: at,
    difference: 0,
    frozen: false,
    tradingState: 'ACTIVE',
  },
};

export const intentMessage = (intent: Intent): OrderIntentMessage => ({ channel, intent, sequence: 1 });
export const executionMessage = (input: ExchangeInput): ExecutionMessage => ({ channel, input });
export const auditMessage: AuditMessage = { clientId: 'odum', entries: Object.values(auditEntries) };
export const deadLetter: DeadLetterMessage = {
  message: {
    topic: 'order-intents.odum',
    key: 'odum.okx.BTCUSDT',
    id: 'order-generator/odum#7.0',
    source: 'order-generator/odum',
    epoch: 3,
    time: at,
    cause: 'signal-1/odum',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: '{}',
  },
  group: 'oco-manager/odum.okx.BTCUSDT',
  attempts: 5,
  reason: 'the signature is wrong',
};
