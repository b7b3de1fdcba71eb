import {
  DENIAL_CODES,
  type CloseReason,
  type OrderTerms,
  type PositionSide,
  type ProtectionMode,
  type RejectReason,
  type Side,
} from '@bowline/domain';
import { ROLES } from '../messages/names.js';

interface Label {
  readonly meaning: string;
  /** The closed set of values; null: ids and names from the configuration. */
  readonly values: readonly string[] | null;
}

/**
 * The labels of all series. Values of an open one come from the configuration, so that their number is bounded; the
 * id of an order or of a position is never a label.
 */
export const LABELS = {
  client_id: open('Whose money it is.'),
  strategy_id: open('Which strategy.'),
  strategy: open('Which strategy; signals have always called it so.'),
  symbol: open('Symbol as configured.'),
  exchange: open('Where the account is.'),
  position_side: closed('The side of the strategy position.', every<PositionSide>({ LONG: 0, SHORT: 0 })),
  side: closed('The side of the order.', every<Side>({ BUY: 0, SELL: 0 })),
  order_type: closed(
    'What kind of order.',
    every<OrderTerms['orderType']>({ market: 0, limit: 0, stop_market: 0 }),
  ),
  mode: closed(
    'How a pair is protected: by an order list of the exchange, by two resting orders, by a resting stop with the take-profit watched here, or watched here whole.',
    every<ProtectionMode>({ native: 0, paired: 0, guarded: 0, synthetic: 0 }),
  ),
  close_reason: closed(
    'Why the position was closed.',
    every<CloseReason>({
      take_profit: 0,
      stop_loss: 0,
      signal: 0,
      reversal: 0,
      time_exit: 0,
      manual: 0,
      halt: 0,
      liquidation: 0,
    }),
  ),
  failure_reason: closed(
    'Why the exchange rejected the order, or why it never reached the exchange.',
    every<RejectReason>({
      WOULD_TRIGGER: 0,
      INSUFFICIENT_MARGIN: 0,
      BELOW_MINIMUM: 0,
      POSITION_TOO_SMALL: 0,
      CAPACITY: 0,
      SELF_TRADE: 0,
      PRICE_OUT_OF_RANGE: 0,
      NOT_TRADING: 0,
      NOT_SENT: 0,
      OTHER: 0,
    }),
  ),
  reason: closed('The code of the denial.', every(DENIAL_CODES)),
  check_type: closed('Which controls, in the order in which an entry meets them.', [
    'protection',
    'sizing',
    'order',
    'client',
    'duplicate',
  ] as const),
  result: closed('What came of it.', ['passed', 'denied'] as const),
  action: closed('What the signal asks for: 1 is `buy`, -1 `sell`, 0 `close`.', [
    'buy',
    'sell',
    'close',
  ] as const),
  category: closed(
    '`drift`: the shares do not add up to what the exchange says; `external_trade`: a trade that is none of ours.',
    ['drift', 'external_trade'] as const,
  ),
  role: closed('Which role.', ROLES),
  shard: open("Which part of the role's state: a client, an account, or a channel."),
  limit: open('Which of the limits that the exchange has told: what it counts, in which time.'),
  priority: closed('Who goes first.', ['cancel', 'close', 'query', 'open'] as const),
  topic: open('Which topic of the bus.'),
  group: open('Whose messages of the topic.'),
} as const satisfies Readonly<Record<string, Label>>;

export type LabelName = keyof typeof LABELS;

/** What a label may say. */
export type LabelValue<L extends LabelName> = (typeof LABELS)[L]['values'] extends readonly (infer V extends
  string)[]
  ? V
  : string;

/** Labels whose values are a closed set. */
export type ClosedLabel = {
  [L in LabelName]: (typeof LABELS)[L]['values'] extends null ? never : L;
}[LabelName];

function open(meaning: string) {
  return { meaning, values: null } as const;
}

function closed<T extends string>(meaning: string, values: readonly T[]) {
  return { meaning, values } as const;
}

/** All of a union, which the compiler compares with the keys. */
function every<T extends string>(set: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(set) as T[];
}
