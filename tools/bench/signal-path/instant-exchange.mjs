/**
 * The client of an exchange that answers at once: market orders fill whole, everything else rests. So that what is
 * measured is the way to it.
 */
export class InstantExchange {
  capabilities = { nativeOco: false, amend: [], recvWindowMs: 5_000 };
  #onReport = null;
  #waiting = [];
  #told = 0;
  #held = new Map();
  #resting = new Map();
  #lastTradeIds = new Map();

  /** @type {(account: string, request: object) => void} called where a request is handed over */
  onRequest = () => undefined;

  /** @param {number} price of every trade, ticks */
  constructor(exchange, account, price) {
    Object.assign(this, { exchange, account, price });
  }

  send(request) {
    this.onRequest(this.account, request);
    // Not inside the call: an answer comes over a network.
    if (this.#waiting.push(request) === 1) setImmediate(() => this.#answerAll());
  }

  async connect(onReport) {
    this.#onReport = onReport;
  }

  async close() {
    this.#onReport = null;
  }

  #answerAll() {
    for (const request of this.#waiting.splice(0)) this.#answer(request);
  }

  #answer(request) {
    const { clientOrderId, symbol, terms } = request;
    switch (request.type) {
      case 'place': {
        const { orderQty, orderType, side } = terms;
        this.#tell({
          type: 'order',
          symbol,
          clientOrderId,
          execType: 'accept',
          orderQty,
          cumQty: 0,
          reason: null,
        });
        if (orderType !== 'market') return this.#resting.set(clientOrderId, orderQty);
        const tradeId = (this.#lastTradeIds.get(symbol) ?? 0) + 1;
        this.#lastTradeIds.set(symbol, tradeId);
        this.#held.set(symbol, (this.#held.get(symbol) ?? 0) + (side === 'BUY' ? orderQty : -orderQty));
        const trade = {
          type: 'trade',
          symbol,
          clientOrderId,
          tradeId,
          side,
          lastQty: orderQty,
          lastPx: this.price,
        };
        return this.#tell({
          ...trade,
          cumQty: orderQty,
          fee: 10n ** 15n,
          feeBaseLots: 0,
          liquidity: 'taker',
        });
      }
      case 'cancel':
        this.#resting.delete(clientOrderId);
        return this.#tell({
          type: 'order',
          symbol,
          clientOrderId,
          execType: 'cancel',
          orderQty: 0,
          cumQty: 0,
          reason: null,
        });
      case 'query_position': {
        const signedQty = this.#held.get(symbol) ?? 0;
        const lastTradeId = this.#lastTradeIds.get(symbol) ?? null;
        return this.#tell({ type: 'position', symbol, signedQty, entryPrice: null, lastTradeId });
      }
      case 'query_order': {
        const orderQty = this.#resting.get(clientOrderId);
        if (orderQty === undefined) return this.#tell({ type: 'order_absent', symbol, clientOrderId });
        const said = { type: 'order_status', symbol, clientOrderId, orderStatus: 'new' };
        return this.#tell({ ...said, orderQty, cumQty: 0 });
      }
      default:
        throw new Error(`nobody should ask for ${request.type}`);
    }
  }

  #tell(fact) {
    this.#told += 1;
    this.#onReport?.({ id: `i${this.#told}`, at: Date.now(), ...fact });
  }
}
