import { expect } from '@jest/globals';
import { instrumentOf } from '@bowline/testkit';
import {
  decodeJson,
  encodeJson,
  executionsTopic,
  type ExecutionMessage,
  type OrderCommandMessage,
} from '@bowline/contracts';
import type {
  ExecutionMarket,
  ExecutionPlan,
  Leg,
  OrderFilters,
  OrderKey,
  OrderTerms,
  RejectReason,
} from '@bowline/domain';
import type { ExchangeFact, ExchangeRequest } from '@bowline/ports';
import type { OutgoingMessage } from '../../runner/role.js';
import { executionGateway } from './role.js';
import type { GatewayInput, GatewaySetup, GatewayState } from './state.js';

export const CHANNEL = { clientId: 'odum', exchange: 'binance-usdm', symbol: 'BTCUSDT' };
export const RECV_WINDOW_MS = 5_000;

export const SETUP: GatewaySetup = {
  clientId: 'odum',
  exchange: 'binance-usdm',
  asset: 'USDT',
  channels: [CHANNEL],
  instruments: new Map([['BTCUSDT', instrumentOf('binance-usdm', 'BTCUSDT')]]),
  capabilities: { recvWindowMs: RECV_WINDOW_MS, nativeOco: false, maxConditionalOrders: null },
  sweepMs: 60_000,
  clientOrderId: (_, __, { generation, leg }, part) => `${leg}${generation}${part === 0 ? '' : `.${part}`}`,
};

/** What the exchange demands of orders: nothing but what is named. */
export function filtersOf(fields: Partial<OrderFilters>): ExchangeFact {
  return {
    ...{
      type: 'filters',
      symbol: CHANNEL.symbol,
      trading: true,
      minQty: null,
      maxQty: null,
      marketMaxQty: null,
    },
    ...{ minPrice: null, maxPrice: null, minNotional: null, minNotionalOfClosing: false, percentPrice: null },
    ...{ maxOpenOrders: null, maxConditionalOrders: null },
    ...fields,
  };
}

/** A step, and what the gateway makes of it. */
export type Step = readonly [step: string, outcome?: string];

export function play(steps: readonly Step[], bench = new GatewayBench()): GatewayBench {
  const expected = steps.map(([step, outcome = '']) => `${step}: ${outcome}`);
  expect(steps.map(([step]) => `${step}: ${bench.step(step)}`)).toEqual(expected);
  return bench;
}

/** `s2`: the second generation of a stop. */
export function keyOf(name: string): OrderKey {
  return { strategyPositionId: 'A-1', leg: name[0] as Leg, generation: Number(name.slice(1)) };
}

export function termsOf(name: string, orderQty = 10): OrderTerms {
  const leg = name[0] as Leg;
  const orderType = leg === 's' ? 'stop_market' : leg === 't' ? 'limit' : 'market';
  return {
    key: keyOf(name),
    side: leg === 'e' ? 'BUY' : 'SELL',
    positionSide: 'LONG',
    orderType,
    orderQty,
    limitPrice: orderType === 'limit' ? 1_100 : null,
    stopPrice: orderType === 'stop_market' ? 900 : null,
    timeInForce: 'GTC',
    reduceOnly: false,
  };
}

/** A gateway moved by hand: each step says what it sends (`> cancel s1`) and what it tells the channel (`s1 replace`). */
export class GatewayBench {
  readonly role;
  state: GatewayState;
  at = 0;
  readonly requests: ExchangeRequest[] = [];
  readonly told: ExecutionMessage[] = [];
  /** The state as the events alone have made it. */
  private folded: GatewayState;
  private trades = 0;
  private reports = 0;

  readonly published: OutgoingMessage[] = [];
  /** What is known of the market. */
  market: ExecutionMarket | null = null;
  /** How entries are worked; null: they are sent as they are. */
  execution: ExecutionPlan | null = null;

  /** @param isConnected whether the line to the exchange has been whole at time 0 */
  constructor(isConnected = true, setup: Partial<GatewaySetup> = {}) {
    this.role = executionGateway({ ...SETUP, ...setup }, () => this.market);
    this.state = this.role.create();
    this.folded = this.role.create();
    if (isConnected) this.take({ type: 'connected' });
  }

  /**
   * Makes a step that is written as one would say it: `place s1`, `replace s1 s2`, `cancel s1` are the channel's;
   * `accept s1`, `trade s1 4`, `canceled s1`, `expired s1`, `rejected s2 WOULD_TRIGGER`, `refused s1`, `unknown s1` (to
   * a cancel), `lost place s1`, `status s1 new`, `absent s1` the exchange's; `silent` says that
   * the oco-manager is; and `pass 500` lets time pass.
   */
  step(text: string): string {
    const [what, name = '', ...more] = text.split(' ') as [string, ...string[]];
    switch (what) {
      case 'place':
        return this.command({
          type: 'place',
          terms: this.workedTermsOf(name),
          expiresAt: more[0] ? Number(more[0]) : null,
        });
      case 'cancel':
        return this.command({ type: 'cancel', key: keyOf(name) });
      case 'replace':
        return this.command({ type: 'replace', key: keyOf(name), terms: termsOf(more[0]!) });
      case 'accept':
        return this.order(name, 'accept');
      case 'canceled':
      case 'expired':
      case 'rejected': {
        const execType = { canceled: 'cancel', expired: 'expire', rejected: 'reject' } as const;
        const [reason, cumQty] = more as [RejectReason?, string?];
        return this.order(name, execType[what], reason, cumQty === undefined ? undefined : Number(cumQty));
      }
      case 'trade':
        return this.trade(name, Number(more[0]), more[1] === undefined ? undefined : Number(more[1]));
      case 'refused':
      case 'unknown':
        return this.report({
          type: 'request_refused',
          request: 'cancel',
          ...orderOf(name),
          unknownOrder: what === 'unknown',
          reason: null,
        });
      case 'lost':
        return this.report({ type: 'request_unknown', request: name as 'place', ...orderOf(more[0]!) });
      case 'status': {
        const orderStatus = more[0] as 'new';
        const cumQty = more[1] === undefined ? this.cumQtyOf(name) : Number(more[1]);
        const orderQty = more[2] === undefined ? this.orderQtyOf(name) : Number(more[2]);
        return this.report({ type: 'order_status', ...orderOf(name), orderStatus, orderQty, cumQty });
      }
      case 'absent':
        return this.report({ type: 'order_absent', ...orderOf(name) });
      case 'filters':
        return this.report(filtersOf({ maxQty: Number(name) }));
      case 'silent':
        return this.take({ type: 'silent', symbol: name === '' ? CHANNEL.symbol : name });
      case 'reconnected':
        return this.report({ type: 'reconnected' });
      case 'connected':
        return this.take({ type: 'connected' });
      case 'restart':
        return this.restart();
      case 'pass':
        return this.pass(Number(name));
      default:
        throw new Error(`no such step: ${text}`);
    }
  }

  report(fact: ExchangeFact): string {
    this.reports += 1;
    return this.take({ type: 'report', report: { id: `r${this.reports}`, at: this.at, ...fact } });
  }

  trade(name: string, lastQty: number, tradeId?: number): string {
    if (tradeId === undefined) this.trades += 1;
    const fact = {
      type: 'trade',
      ...orderOf(name),
      tradeId: tradeId ?? this.trades,
      lastQty,
      lastPx: 1_000,
    } as const;
    const side = termsOf(name).side;
    const cumQty = this.cumQtyOf(name) + lastQty;
    return this.report({ ...fact, side, cumQty, fee: 1n, feeBaseLots: 0, liquidity: 'taker' });
  }

  take(input: GatewayInput): string {
    const { effects, events, messages } = this.role.execute(this.state, input, this.at);
    for (const event of events) this.role.evolve(this.folded, decodeJson(encodeJson(event)) as typeof event);
    const [live, folded] = [this.state, this.folded].map((state) => encodeJson(this.role.save(state)));
    if (live !== folded) throw new Error(`the state is not the fold of its events:\n${live}\n${folded}`);
    this.requests.push(...effects);
    this.published.push(...messages);
    const told = messages
      .filter(({ topic }) => topic.startsWith('executions'))
      .map((each) => this.note(each));
    return [...effects.map(textOf), ...told].join(', ');
  }

  restart(): string {
    this.state = this.role.load(decodeJson(encodeJson(this.role.save(this.state))));
    return '';
  }

  /** What the exchange's answer was told as, in order. */
  answersOf(name: string): string[] {
    return this.told
      .map(({ input }) => input)
      .filter((input) => input.type === 'execution')
      .filter(
        ({ key, report }) =>
          SETUP.clientOrderId('', '', key, 0) === name && report.execType.startsWith('replace'),
      )
      .map(({ report }) => report.execType);
  }

  private command(
    fields:
      | { readonly type: 'place'; readonly terms: OrderTerms; readonly expiresAt: number | null }
      | { readonly type: 'cancel'; readonly key: OrderKey }
      | { readonly type: 'replace'; readonly key: OrderKey; readonly terms: OrderTerms },
  ): string {
    const command = { channel: CHANNEL, strategyId: 'A', at: this.at, ...fields } as OrderCommandMessage;
    return this.take({ type: 'command', command });
  }

  private order(
    name: string,
    execType: 'accept' | 'cancel' | 'expire' | 'reject',
    reason: RejectReason | null = null,
    cumQty = this.cumQtyOf(name),
  ): string {
    const orderQty = this.orderQtyOf(name);
    return this.report({ type: 'order', ...orderOf(name), execType, orderQty, cumQty, reason });
  }

  private workedTermsOf(name: string): OrderTerms {
    const terms = termsOf(name);
    return this.execution === null || terms.key.leg !== 'e' ? terms : { ...terms, execution: this.execution };
  }

  private orderQtyOf(name: string): number {
    return this.state.orders.get(name)?.terms.orderQty ?? 10;
  }

  private cumQtyOf(name: string): number {
    return this.state.orders.get(name)?.cumQty ?? 0;
  }

  /** Lets time pass, and makes what is due by then. */
  private pass(milliseconds: number): string {
    const until = this.at + milliseconds;
    const said: string[] = [];
    for (let next = this.role.timer(this.state); next !== null && next.at <= until;) {
      this.at = Math.max(this.at, next.at);
      said.push(this.take(next.input));
      next = this.role.timer(this.state);
    }
    this.at = until;
    return said.filter((each) => each !== '').join(', ');
  }

  private note({ body }: OutgoingMessage): string {
    const message = executionsTopic.parse(decodeJson(encodeJson(body)));
    this.told.push(message);
    const { input } = message;
    if (input.type !== 'execution') return input.type;
    const { key, reason, report } = input;
    const quantity = report.execType === 'trade' ? [report.lastQty] : [];
    return [
      SETUP.clientOrderId('', '', key, 0),
      report.execType,
      ...quantity,
      ...(reason === null ? [] : [reason]),
    ].join(' ');
  }
}

function orderOf(clientOrderId: string) {
  return { symbol: CHANNEL.symbol, clientOrderId };
}

function textOf(request: ExchangeRequest): string {
  return request.type === 'query_position'
    ? `> query_position ${request.afterTradeId}`
    : `> ${request.type} ${request.clientOrderId}`;
}
