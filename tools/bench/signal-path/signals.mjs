/** The signals of a desk: each strategy of each client enters and goes flat in turns, in each symbol. */
import { encodeJson, topicOf, traceOf, traceWithin } from '../../../libs/contracts/dist/index.js';
import { STRATEGIES, SYMBOLS } from './desk-of.mjs';
import { nowMs, Walks } from './walks.mjs';

const SIGNAL_TTL_MS = 900_000;

/** One strategy of one client in one symbol. Its next signal waits until the last one has led to all it leads to. */
class Slot {
  isLong = false;
  begun = 0;
}

export class Signals {
  walks = new Walks(() => this.#send());
  /** Whether they have a trace, as those that ingest takes in. */
  traced = true;
  #sent = 0;
  #free;
  #byName;
  #publish;

  /** @param publish takes a message as ingest makes it */
  constructor({ clients }, publish) {
    this.#publish = publish;
    this.#free = STRATEGIES.flatMap((strategyId) =>
      SYMBOLS.flatMap((symbol) =>
        clients.map(({ clientId }) => Object.assign(new Slot(), { clientId, symbol, strategyId })),
      ),
    );
    this.#byName = new Map(
      this.#free.map((slot) => [slotName(slot.clientId, slot.symbol, slot.strategyId), slot]),
    );
  }

  /** A request has been handed to the exchange's client, as {@link Requests} says it. */
  requested({ at, isFirst, isLast, name }) {
    const slot = this.#byName.get(name);
    if (isFirst) this.walks.arrived(at - slot.begun);
    if (!isLast) return;
    this.#free.push(slot);
    this.walks.finished();
  }

  /** That of the strategy that has waited longest. */
  #send() {
    const slot = this.#free.shift();
    if (slot === undefined) return false;
    slot.isLong = !slot.isLong;
    this.#sent += 1;
    const message = messageOf(slot, this.#sent, this.traced);
    slot.begun = nowMs();
    void this.#publish(message);
    return true;
  }
}

/**
 * Says of each request at an exchange whose signal it belongs to. Every signal leads to three: an entry and two legs, or
 * two cancels and the exit.
 */
export class Requests {
  /** How many are still to come, by slot; absent: the next one is the first of a signal. */
  #left = new Map();
  /** Whose it is, by clientOrderId: a cancel says no more. */
  #legs = new Map();

  /** Null: a question. */
  of(account, { clientOrderId, symbol, terms, type }) {
    if (type.startsWith('query')) return null;
    const at = nowMs();
    const name =
      type === 'cancel' ? this.#take(clientOrderId) : this.#placed(account, symbol, clientOrderId, terms);
    const left = (this.#left.get(name) ?? 3) - 1;
    if (left === 0) this.#left.delete(name);
    else this.#left.set(name, left);
    return { name, at, isFirst: left === 2, isLast: left === 0 };
  }

  #take(clientOrderId) {
    const name = this.#legs.get(clientOrderId);
    this.#legs.delete(clientOrderId);
    return name;
  }

  #placed(account, symbol, clientOrderId, { key: { leg, strategyPositionId } }) {
    const strategyId = strategyPositionId.slice(0, strategyPositionId.lastIndexOf('-'));
    const name = slotName(account, symbol, strategyId);
    if (leg === 't' || leg === 's') this.#legs.set(clientOrderId, name);
    return name;
  }
}

function slotName(clientId, symbol, strategyId) {
  return `${clientId} ${symbol} ${strategyId}`;
}

function messageOf({ clientId, isLong, strategyId, symbol }, number, traced) {
  const time = Date.now();
  const id = `s${number}/${strategyId}/${symbol}/${clientId}`;
  return {
    topic: topicOf('signals', clientId),
    key: clientId,
    id,
    source: 'signal-ingest',
    epoch: 0,
    time,
    cause: null,
    ...(traced ? { traceparent: traceWithin(traceOf(`s${number}`), id) } : {}),
    data: encodeJson({
      id: `s${number}`,
      strategyId,
      symbol,
      signal: isLong ? 1 : 0,
      time,
      price: null,
      takeProfit: null,
      stopLoss: null,
      volatility: null,
      quantity: null,
      expiresAt: isLong ? time + SIGNAL_TTL_MS : null,
    }),
  };
}
