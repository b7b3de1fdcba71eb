import type { MarketDepth } from '@bowline/ports';
import {
  decodeJson,
  encodeJson,
  orderIntentsTopic,
  type AuditMessage,
  type ClientSignal,
  type ControlMessage,
  type ControlScope,
  type PositionsMessage,
} from '@bowline/contracts';
import type { PositionReport, Target } from '@bowline/domain';
import { clientConfig, EXCHANGE, instrumentOf, START, SYMBOL, type ClientSpec } from '@bowline/testkit';
import type { MarketQuote } from '../market-view.js';
import type { OrderGeneratorInput } from './events.js';
import { orderGenerator } from './role.js';
import type { OrderGeneratorSetup } from './state.js';

export const EVERYTHING: ControlScope = { exchange: null, symbol: null, strategyId: null };

export interface GeneratorOptions extends ClientSpec {
  /** `EXCHANGE:SYMBOL`; BTCUSDT at binance-usdm where it is left out. */
  readonly markets?: readonly string[];
  readonly signalTtlMs?: number;
  readonly maxQuoteAgeMs?: number;
  readonly limitsRequired?: boolean;
}

/** Where a strategy stands, as its channel reports it. */
export interface Stand {
  readonly side?: 'LONG' | 'SHORT';
  readonly open?: number;
  readonly leaves?: number;
  readonly closing?: boolean;
  /** Net result of a position that is over. */
  readonly won?: bigint;
}

/** One order-generator moved by hand. Each input says what it leads to, and is held against the fold of its events. */
export class GeneratorBench {
  at = START;
  quote: MarketQuote | null = { last: 1_000, at: START, bid: 999, ask: 1_000 };
  /** `#1 LONG 10 A`, `#2 close A reversal`; at another than the first channel with its name in front. */
  readonly intents: string[] = [];
  /** `A 1 ordered`, `A 1 denied TRADING_HALTED`. */
  readonly audited: string[] = [];
  private readonly setup: OrderGeneratorSetup;
  /** Order books, where they are known. */
  depth: (exchange: string) => MarketDepth | null = () => null;
  readonly role;
  state;
  private folded;
  private signals = 0;

  constructor({
    limitsRequired = false,
    markets = [`${EXCHANGE}:${SYMBOL}`],
    maxQuoteAgeMs,
    signalTtlMs,
    ...spec
  }: GeneratorOptions = {}) {
    this.setup = {
      client: clientConfig('odum', spec),
      markets: markets.map((name) => {
        const [exchange, symbol] = name.split(':') as [string, string];
        return { exchange, symbol, instrument: instrumentOf(exchange, symbol) };
      }),
      signalTtlMs: signalTtlMs ?? null,
      maxQuoteAgeMs: maxQuoteAgeMs ?? null,
      limitsRequired,
    };
    this.role = orderGenerator(this.setup, {
      quote: () => this.quote,
      volatility: () => null,
      depth: (exchange) => this.depth(exchange),
    });
    this.state = this.role.create();
    this.folded = this.role.create();
  }

  /** What a signal leads to: intents, then how it was judged where that is not an entry or a close. */
  signal(strategyId: string, signal: 1 | 0 | -1, fields: Partial<ClientSignal> = {}): string {
    this.signals += 1;
    const body: ClientSignal = {
      id: `signal-${this.signals}`,
      strategyId,
      symbol: SYMBOL,
      signal,
      time: this.at,
      price: null,
      takeProfit: null,
      stopLoss: null,
      volatility: null,
      quantity: null,
      expiresAt: null,
      ...fields,
    };
    return this.take({ type: 'signal', signal: body });
  }

  /** The channel has dealt with intent number `sequence`, and reports; then everything happens that is due. */
  report(strategyId: string, sequence: number, stand: Stand = {}, exchange = EXCHANGE): string {
    const { closing = false, leaves = 0, open = 0, side = 'LONG', won } = stand;
    const isOver = won !== undefined || (open === 0 && leaves === 0 && !closing);
    const netPnl = won ?? 0n;
    const report: PositionReport = {
      strategyId,
      side,
      openQty: open,
      entryLeavesQty: leaves,
      ...(closing ? { closing } : {}),
      closed: isOver ? { netPnl, realizedPnl: netPnl, traded: won !== undefined } : null,
    };
    const channel = { clientId: 'odum', exchange, symbol: SYMBOL };
    const message = { channel, reports: [{ report, sequence }] } as unknown as PositionsMessage;
    const said = [this.take({ type: 'positions', message })];
    for (let next = this.role.timer(this.state); next !== null; next = this.role.timer(this.state)) {
      said.push(this.take(next.input));
    }
    return said.filter((each) => each !== '').join(', ');
  }

  command(
    command:
      | { readonly type: 'close' | 'retry' }
      | { readonly type: 'trading_state'; readonly tradingState: 'ACTIVE' | 'REDUCING' | 'HALTED' },
    scope: Partial<ControlScope> = {},
  ): string {
    this.signals += 1;
    const message: ControlMessage = {
      ...command,
      clientId: 'odum',
      scope: { ...EVERYTHING, ...scope },
      by: 'operator',
      reason: 'a drill',
    };
    return this.take({ type: 'control', id: `control-${this.signals}`, command: message });
  }

  halt(scope: Partial<ControlScope> = {}): string {
    return this.command({ type: 'trading_state', tradingState: 'HALTED' }, scope);
  }

  resume(scope: Partial<ControlScope> = {}): string {
    return this.command({ type: 'trading_state', tradingState: 'ACTIVE' }, scope);
  }

  /** `LONG 3+2`: open and working; `closing` and `then` (an entry waits) behind it. */
  target(strategyId: string, channel = 0): string {
    const target = this.targetOf(strategyId, channel);
    if (target === undefined) return 'unknown';
    const { closing, openQty, pending, side, workingQty } = target;
    const what = [`${side} ${openQty}+${workingQty}`];
    if (closing) what.push('closing');
    if (pending !== null) what.push(`then ${pending.signal}`);
    return what.join(' ');
  }

  /** Lots that count against the limits. */
  exposure(channel = 0): string {
    const { longLots, shortLots } = this.state.client.channels[channel]!;
    return `${longLots}/${shortLots}`;
  }

  restart(): void {
    this.state = this.role.load(decodeJson(encodeJson(this.role.save(this.state))));
  }

  take(input: OrderGeneratorInput): string {
    const { events, messages } = this.role.execute(this.state, input, this.at);
    for (const event of events) this.role.evolve(this.folded, decodeJson(encodeJson(event)) as typeof event);
    const [live, folded] = [this.state, this.folded].map((state) => encodeJson(this.role.save(state)));
    if (live !== folded) throw new Error(`the state is not the fold of its events:\n${live}\n${folded}`);
    const said: string[] = [];
    for (const { body, topic } of messages) {
      if (topic.startsWith('order-intents.')) said.push(this.noteIntent(body));
      else if (topic.startsWith('audit.')) said.push(...this.noteAudit(body as AuditMessage));
    }
    return said.join(', ');
  }

  private noteIntent(body: unknown): string {
    const { channel, intent, sequence } = orderIntentsTopic.parse(decodeJson(encodeJson(body)));
    const { exchange, symbol } = this.state.channels[0]!;
    const where = channel.exchange === exchange && channel.symbol === symbol ? '' : `${channel.exchange} `;
    const what =
      intent.type === 'open'
        ? `${intent.side} ${intent.quantity} ${intent.strategyId}`
        : `${intent.type} ${intent.strategyId} ${intent.type === 'close' ? intent.reason : ''}`;
    const text = `${where}#${sequence} ${what}`;
    this.intents.push(text);
    return text;
  }

  private noteAudit({ entries }: AuditMessage): string[] {
    return entries.flatMap((entry) => {
      if (entry.type !== 'signal') return [];
      const text = `${entry.strategyId} ${entry.signal} ${entry.outcome}`;
      this.audited.push(entry.code === null ? text : `${text} ${entry.code}`);
      return entry.code === null ? [] : [`${entry.outcome} ${entry.code}`];
    });
  }

  private targetOf(strategyId: string, channel: number): Target | undefined {
    return this.state.client.channels[channel]!.targets.get(strategyId);
  }
}
