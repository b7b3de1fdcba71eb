import {
  auditTopic,
  decodeJson,
  encodeJson,
  ordersTopic,
  positionsTopic,
  type AdoptionScope,
  type AuditEntry,
  type ControlMessage,
  type ControlScope,
  type OrderCommandMessage,
  type PositionsMessage,
} from '@bowline/contracts';
import type { Execution, Intent, Leg, OrderExecution, RejectReason } from '@bowline/domain';
import { anOpen, WHOLE } from '@bowline/testkit';
import type { OutgoingMessage } from '../../runner/role.js';
import { ocoManager } from './role.js';
import type { OcoManagerInput, OcoManagerSetup } from './state.js';

export const CHANNEL = { clientId: 'odum', exchange: 'binance-usdm', symbol: 'WHOLE' };

export const SETUP: OcoManagerSetup = {
  channel: CHANNEL,
  instrument: WHOLE,
  protection: 'paired',
  allowSynthetic: true,
  hedgeMode: false,
  reduceOnly: false,
  clientOrderId: (_, { generation, leg, strategyPositionId }) => `${strategyPositionId}${leg}${generation}`,
};

/** A channel moved by hand. Each input says what it leads to, and is held against the fold of its events. */
export class OcoBench {
  readonly role = ocoManager(SETUP);
  state = this.role.create();
  at = 1_000;
  /** Of the last input. */
  positions: PositionsMessage | null = null;
  readonly audited: AuditEntry[] = [];
  readonly orders: OrderCommandMessage[] = [];
  private folded = this.role.create();
  private trades = 0;

  open(strategyId: string, sequence: number, changes: Parameters<typeof anOpen>[3] = {}): string {
    return this.intent(anOpen(strategyId, 'LONG', 10, changes), sequence);
  }

  close(strategyId: string, sequence: number): string {
    return this.intent({ type: 'close', intentId: 'c', strategyId, reason: 'signal', at: this.at }, sequence);
  }

  intent(intent: Intent, sequence: number): string {
    return this.take({ type: 'intent', intent, sequence });
  }

  /** What the exchange says of an order: `says('A-1e0', 'trade', { lastQty: 4 })`. */
  says(
    name: string,
    execType: OrderExecution['execType'],
    more: Partial<OrderExecution & Execution> = {},
  ): string {
    const [, strategyPositionId, leg, generation] = /^(.+)([etsx])(\d+)$/.exec(name) as unknown as [
      string,
      string,
      Leg,
      string,
    ];
    const { at = this.at, fee = 0n, lastPx = 100, lastQty = 0, reason = null, tradeId, ...report } = more;
    if (execType === 'trade') this.trades += 1;
    const isBuy = leg === 'e';
    return this.take({
      type: 'exchange',
      input: {
        type: 'execution',
        key: { strategyPositionId, leg, generation: Number(generation) },
        side: isBuy ? 'BUY' : 'SELL',
        report: {
          execType,
          tradeId: execType === 'trade' ? (tradeId ?? this.trades) : null,
          lastQty,
          lastPx: execType === 'trade' ? lastPx : 0,
          ...report,
        },
        fee,
        feeBaseLots: 0,
        reason: reason as RejectReason | null,
        at,
      },
    });
  }

  fills(name: string, lastQty: number, lastPx = 100): string {
    return this.says(name, 'trade', { lastQty, lastPx });
  }

  command(
    command:
      | { readonly type: 'close' | 'retry' | 'reconcile' }
      | { readonly type: 'trading_state'; readonly tradingState: 'ACTIVE' | 'REDUCING' | 'HALTED' },
    scope: Partial<ControlScope> = {},
    clientId = 'odum',
  ): string {
    const message: ControlMessage = {
      ...command,
      clientId,
      scope: { exchange: null, symbol: null, strategyId: null, ...scope },
      by: 'operator',
      reason: 'a drill',
    };
    return this.take({ type: 'control', id: 'c-1', command: message });
  }

  /** At 100, with legs 10 around it. */
  adopt(strategyId: string, quantity: string, at: Partial<AdoptionScope> = {}): string {
    const { clientId, exchange, symbol } = CHANNEL;
    const command: ControlMessage = {
      ...{ type: 'adopt', clientId, scope: { exchange, symbol, strategyId, ...at } },
      ...{ side: 'LONG', quantity, price: '100', takeProfit: '110', stopLoss: '90' },
      ...{ by: 'operator', reason: 'a drill' },
    };
    return this.take({ type: 'control', id: 'c-1', command });
  }

  halt(scope: Partial<ControlScope> = {}): string {
    return this.command({ type: 'trading_state', tradingState: 'HALTED' }, scope);
  }

  resume(scope: Partial<ControlScope> = {}): string {
    return this.command({ type: 'trading_state', tradingState: 'ACTIVE' }, scope);
  }

  restart(): void {
    this.state = this.role.load(decodeJson(encodeJson(this.role.save(this.state))));
  }

  /** Orders asked for (`place A-1e0 10`), reports (`A #1 LONG 10+0`), and what is told in the audit, in this order. */
  take(input: OcoManagerInput): string {
    this.positions = null;
    const { events, messages } = this.role.execute(this.state, input, this.at);
    for (const event of events) this.role.evolve(this.folded, decodeJson(encodeJson(event)) as typeof event);
    const [live, folded] = [this.state, this.folded].map((state) => encodeJson(this.role.save(state)));
    if (live !== folded) throw new Error(`the state is not the fold of its events:\n${live}\n${folded}`);
    return messages.flatMap((message) => this.note(message)).join(', ');
  }

  private note({ body, topic }: OutgoingMessage): string[] {
    const arrived = decodeJson(encodeJson(body));
    if (topic === 'orders.odum.binance-usdm') {
      const command = ordersTopic.parse(arrived) as OrderCommandMessage;
      this.orders.push(command);
      return [textOf(command)];
    }
    if (topic === 'positions.odum') {
      this.positions = positionsTopic.parse(arrived);
      return this.positions.reports.map(reportText);
    }
    const { entries } = auditTopic.parse(arrived);
    this.audited.push(...entries);
    return entries.map((entry) => ('code' in entry ? entry.code! : entry.type));
  }
}

function textOf(command: OrderCommandMessage): string {
  const name = (key: { strategyPositionId: string; leg: string; generation: number }) =>
    `${key.strategyPositionId}${key.leg}${key.generation}`;
  if (command.type === 'cancel') return `cancel ${name(command.key)}`;
  if (command.type === 'adopted') return `adopted ${command.strategyPositionId} ${command.signedQty}`;
  const { key, limitPrice, orderQty, stopPrice } = command.terms;
  const price = limitPrice ?? stopPrice;
  const what = `${name(key)} ${orderQty}${price === null ? '' : ` at ${price}`}`;
  return command.type === 'place' ? `place ${what}` : `replace ${name(command.key)} ${what}`;
}

function reportText({ report, sequence }: PositionsMessage['reports'][number]): string {
  const { closed, closing, entryLeavesQty, openQty, side, strategyId } = report;
  const words = [`${strategyId} #${sequence} ${side} ${openQty}+${entryLeavesQty}`];
  if (closing === true) words.push('closing');
  if (closed !== null) words.push(closed.traded ? `closed ${closed.realizedPnl / 10n ** 18n}` : 'nothing');
  return words.join(' ');
}
