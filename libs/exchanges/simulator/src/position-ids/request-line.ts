import type { RejectReason } from '@bowline/domain';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { compareArrivals, messageOf, type Arrival } from '../client/arrival.js';
import { Instants } from '../client/instants.js';
import type { Sent } from '../client/mock-client.js';
import type { MockSettings } from '../client/options.js';
import { travelTime } from '../client/travel.js';
import type { Answer } from './answers.js';

type PlacedRequest = Extract<ExchangeRequest, { type: 'place' | 'amend' | 'cancel' }>;

/** The way of requests to the exchange, with what goes wrong there, and of answers back. */
export class RequestLine {
  private readonly arrivals: Instants<Arrival>;
  private told = 0;

  /** @param onArrival called for each request that arrives, at its time */
  constructor(
    private readonly settings: MockSettings,
    onArrival: (arrival: Arrival) => void,
  ) {
    this.arrivals = new Instants(settings.clock, (due) => {
      for (const arrival of [...due].sort(compareArrivals)) {
        if (arrival.gaveUp) arrival.client.say(this.unknown(arrival.request));
        else onArrival(arrival);
      }
    });
  }

  send(sent: Sent): void {
    const fault = this.settings.faultOf(sent.client.account, sent.request);
    if (fault === 'request_lost') return this.giveUp(sent);
    const lateMs = typeof fault === 'object' && fault !== null ? fault.lateMs : 0;
    const travel = travelTime(this.settings, messageOf(sent)) + lateMs;
    this.arrivals.add(sent.sentAt + travel, { ...sent, fault, gaveUp: false });
    if (fault === 'timed_out') this.giveUp(sent);
  }

  /** Its client waits no longer. */
  giveUp(sent: Sent): void {
    const { clock, timeoutMs } = this.settings;
    this.arrivals.add(Math.max(clock.now(), sent.sentAt + timeoutMs), { ...sent, fault: null, gaveUp: true });
  }

  /** The last of the answers is the one that was waited for. */
  answer(arrival: Arrival, answers: readonly Answer[]): void {
    if (arrival.fault === 'reply_lost') return this.giveUp(arrival);
    answers.forEach((answer, at) => {
      arrival.client.tell(this.identified(answer), at === answers.length - 1 ? arrival : null);
    });
  }

  refuse(arrival: Arrival, request: PlacedRequest, reason: RejectReason | 'UNKNOWN_ORDER'): void {
    const { clientOrderId, symbol, type } = request;
    const unknownOrder = reason === 'UNKNOWN_ORDER';
    const why = unknownOrder ? null : reason;
    if (type !== 'place') {
      const said = { type: 'request_refused', request: type, symbol, clientOrderId } as const;
      return this.answer(arrival, [{ ...said, unknownOrder, reason: why }]);
    }
    const { orderQty } = request.terms;
    const said = { type: 'order', execType: 'reject', symbol, clientOrderId, orderQty, cumQty: 0 } as const;
    this.answer(arrival, [{ ...said, reason: why }]);
  }

  unknown(request: ExchangeRequest): ExchangeReport {
    const { symbol, type } = request;
    const clientOrderId = type === 'query_position' ? null : request.clientOrderId;
    return this.identified({ type: 'request_unknown', request: type, symbol, clientOrderId });
  }

  identified(answer: Answer): ExchangeReport {
    if ('id' in answer) return answer;
    this.told += 1;
    return { id: `q${this.told}`, at: this.settings.clock.now(), ...answer };
  }
}
