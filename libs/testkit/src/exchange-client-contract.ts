import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Lots, OrderTerms, Ticks, TimeMs } from '@bowline/domain';
import type { ExchangeClient, ExchangeReport, ExchangeRequest } from '@bowline/ports';

/** An account at an exchange, and the market that it meets there. */
export interface ExchangeBench {
  /** One-way mode, flat, without open orders, not connected. */
  readonly client: ExchangeClient;
  readonly symbol: string;
  /** Where the market stands, ticks: 100 ticks away from it are nothing unusual. */
  readonly price: Ticks;
  now(): TimeMs;
  /** Moves the market: its last trade is at `price`, and on both sides it takes any quantity nearby. */
  moveTo(price: Ticks): void | Promise<void>;
  /** Lets everything that is on its way arrive. */
  settle(): void | Promise<void>;
  close(): void | Promise<void>;
}

/** Another order than the usual one: a buy entry of 10 lots at the market. */
type Change = Partial<OrderTerms> & { readonly leg?: OrderTerms['key']['leg'] };

/** What every exchange client must do, whatever exchange is behind it. */
export function exchangeClientContract(
  name: string,
  open: () => ExchangeBench | Promise<ExchangeBench>,
): void {
  describe(`${name}, as an exchange client`, () => {
    let bench: ExchangeBench;
    let reports: ExchangeReport[];

    beforeEach(async () => {
      bench = await open();
      reports = [];
      await bench.client.connect((report) => reports.push(report));
    });

    afterEach(async () => {
      await bench.client.close();
      await bench.close();
    });

    /** Sends requests at once, and returns what was reported until nothing is on its way. */
    async function ask(...requests: readonly ExchangeRequest[]): Promise<readonly ExchangeReport[]> {
      const before = reports.length;
      for (const request of requests) bench.client.send(request);
      await bench.settle();
      return reports.slice(before);
    }

    async function move(by: Ticks): Promise<readonly ExchangeReport[]> {
      const before = reports.length;
      await bench.moveTo(bench.price + by);
      await bench.settle();
      return reports.slice(before);
    }

    function place(clientOrderId: string, { leg = 'e', ...change }: Change = {}): ExchangeRequest {
      const terms: OrderTerms = {
        key: { strategyPositionId: 'A-1', leg, generation: 0 },
        side: 'BUY',
        positionSide: 'LONG',
        orderType: 'market',
        orderQty: 10,
        limitPrice: null,
        stopPrice: null,
        timeInForce: 'GTC',
        reduceOnly: false,
        ...change,
      };
      return {
        type: 'place',
        clientOrderId,
        symbol: bench.symbol,
        terms,
        ocoGroup: null,
        expiresAt: null,
        at: bench.now(),
      };
    }

    const limit = (by: Ticks, change: Change = {}): Change => ({
      orderType: 'limit',
      limitPrice: bench.price + by,
      ...change,
    });
    const stop = (by: Ticks, change: Change = {}): Change => ({
      orderType: 'stop_market',
      stopPrice: bench.price + by,
      side: 'SELL',
      leg: 's',
      ...change,
    });
    const cancel = (clientOrderId: string): ExchangeRequest => ({
      type: 'cancel',
      clientOrderId,
      symbol: bench.symbol,
      at: bench.now(),
    });
    const amend = (clientOrderId: string, orderQty: Lots, price: Ticks | null = null): ExchangeRequest => ({
      type: 'amend',
      clientOrderId,
      symbol: bench.symbol,
      orderQty,
      price,
      at: bench.now(),
    });
    const queryOrder = (clientOrderId: string): ExchangeRequest => ({
      type: 'query_order',
      clientOrderId,
      symbol: bench.symbol,
      at: bench.now(),
    });
    const queryPosition = (afterTradeId = 0): ExchangeRequest => ({
      type: 'query_position',
      symbol: bench.symbol,
      afterTradeId,
      at: bench.now(),
    });

    it('fills a market order: accepted, then traded whole', async () => {
      const told = await ask(place('a'));
      expect(aboutOrders(told)[0]).toMatchObject({
        type: 'order',
        clientOrderId: 'a',
        execType: 'accept',
        orderQty: 10,
        cumQty: 0,
        reason: null,
      });
      const trades = tradesOf(told);
      expect(trades.reduce((sum, { lastQty }) => sum + lastQty, 0)).toBe(10);
      expect(trades.at(-1)).toMatchObject({
        symbol: bench.symbol,
        clientOrderId: 'a',
        side: 'BUY',
        cumQty: 10,
        liquidity: 'taker',
      });
      for (const { lastPx } of trades) expect(Math.abs(lastPx - bench.price)).toBeLessThan(100);
      expect(aboutOrders(told)).toHaveLength(1 + trades.length);
    });

    it('lets a limit order rest, and fills it at its price when the market comes', async () => {
      expect(summary(await ask(place('a', limit(-100))))).toEqual(['a accept 10/0']);
      expect(summary(await move(-50))).toEqual([]);
      const trades = tradesOf(await move(-200));
      expect(trades.at(-1)).toMatchObject({
        clientOrderId: 'a',
        lastPx: bench.price - 100,
        cumQty: 10,
        liquidity: 'maker',
      });
    });

    it('cancels what rests, and says so once', async () => {
      await ask(place('a', limit(-100)));
      expect(summary(await ask(cancel('a')))).toEqual(['a cancel 10/0']);
      expect(summary(await move(-200))).toEqual([]);
    });

    it.each([
      ['never arrived', async () => {}],
      ['has filled', async () => ask(place('a'))],
      ['was canceled', async () => ask(place('a', limit(-100)), cancel('a'))],
    ])('says that there is no such order, to a cancel of one that %s', async (_what, before) => {
      await before();
      const told = await ask(cancel('a'));
      expect(told).toMatchObject([
        { type: 'request_refused', request: 'cancel', clientOrderId: 'a', unknownOrder: true },
      ]);
    });

    it('triggers a stop when the market has reached it, and not before', async () => {
      await ask(place('a'));
      expect(summary(await ask(place('s', stop(-100))))).toEqual(['s accept 10/0']);
      expect(summary(await move(-50))).toEqual([]);
      const trades = tradesOf(await move(-120));
      expect(trades.at(-1)).toMatchObject({ clientOrderId: 's', side: 'SELL', cumQty: 10 });
      expect(await ask(queryPosition())).toContainEqual(expect.objectContaining({ signedQty: 0 }));
    });

    it('rejects a stop whose price is reached already', async () => {
      const told = await ask(place('s', stop(100)));
      expect(told).toMatchObject([
        { type: 'order', clientOrderId: 's', execType: 'reject', reason: 'WOULD_TRIGGER', cumQty: 0 },
      ]);
    });

    it('rejects an order without a quantity', async () => {
      const told = await ask(place('a', { orderQty: 0 }));
      expect(told).toMatchObject([{ type: 'order', clientOrderId: 'a', execType: 'reject' }]);
    });

    it('amends quantity and price of a limit order, where it can', async () => {
      if (!bench.client.capabilities.amend.includes('limit')) {
        await ask(place('a', limit(-100)));
        expect(await ask(amend('a', 4))).toMatchObject([{ type: 'request_refused', request: 'amend' }]);
        return;
      }
      await ask(place('a', limit(-100)));
      expect(summary(await ask(amend('a', 4)))).toEqual(['a replace 4/0']);
      expect(summary(await ask(amend('a', 6, bench.price - 90)))).toEqual(['a replace 6/0']);
      expect(tradesOf(await move(-200)).at(-1)).toMatchObject({ lastPx: bench.price - 90, cumQty: 6 });
    });

    it('refuses to amend what it cannot, and leaves it as it is', async () => {
      expect(await ask(amend('a', 4))).toMatchObject([
        { type: 'request_refused', request: 'amend', clientOrderId: 'a', unknownOrder: true },
      ]);
      if (bench.client.capabilities.amend.includes('stop_market')) return;
      await ask(place('s', stop(-100)));
      expect(await ask(amend('s', 4, bench.price - 90))).toMatchObject([
        { type: 'request_refused', request: 'amend', clientOrderId: 's', unknownOrder: false },
      ]);
      expect((await ask(queryOrder('s'))).at(-1)).toMatchObject({ orderStatus: 'new', orderQty: 10 });
    });

    it('tells how an order stands, after its trades', async () => {
      const filled = await ask(place('a'));
      await ask(place('b', limit(-100)), place('c', limit(-110)));
      await ask(cancel('c'));
      const told = await ask(queryOrder('a'));
      expect(told.slice(0, -1)).toEqual(tradesOf(filled));
      expect(told.at(-1)).toMatchObject({ type: 'order_status', orderStatus: 'filled', cumQty: 10 });
      expect(await ask(queryOrder('b'))).toMatchObject([{ type: 'order_status', orderStatus: 'new' }]);
      expect(await ask(queryOrder('c'))).toMatchObject([{ type: 'order_status', orderStatus: 'canceled' }]);
      expect(await ask(queryOrder('d'))).toMatchObject([{ type: 'order_absent', clientOrderId: 'd' }]);
    });

    it('tells what it holds, after the trades that one does not know', async () => {
      expect((await ask(queryPosition())).at(-1)).toMatchObject({
        type: 'position',
        symbol: bench.symbol,
        signedQty: 0,
        entryPrice: null,
        lastTradeId: null,
      });
      const first = tradesOf(await ask(place('a'))).at(-1);
      const second = tradesOf(await ask(place('x', { side: 'SELL', orderQty: 15, leg: 'x' })));
      const told = await ask(queryPosition(Number(first?.tradeId)));
      expect(tradesOf(told)).toEqual(second);
      expect(told.at(-1)).toMatchObject({
        type: 'position',
        signedQty: -5,
        lastTradeId: second.at(-1)?.tradeId,
      });
      expect(tradesOf(await ask(queryPosition()))).toHaveLength(1 + second.length);
      await ask(place('y', { side: 'BUY', orderQty: 5, leg: 'x' }));
      expect((await ask(queryPosition())).at(-1)).toMatchObject({ signedQty: 0, entryPrice: null });
    });

    it('does not place an order twice that is sent twice while it is open', async () => {
      await ask(place('a', limit(-100)));
      expect(await ask(place('a', limit(-100)))).toMatchObject([
        { type: 'order_status', clientOrderId: 'a', orderStatus: 'new' },
      ]);
      await move(-200);
      expect((await ask(queryPosition())).at(-1)).toMatchObject({ signedQty: 10 });
    });

    it('does not carry out what is older than its window', async () => {
      const at = bench.now() - bench.client.capabilities.recvWindowMs - 1;
      const told = await ask({ ...place('a'), at });
      expect(told).toMatchObject([{ type: 'order', clientOrderId: 'a', execType: 'reject' }]);
      expect(await ask(queryOrder('a'))).toMatchObject([{ type: 'order_absent' }]);
    });

    it('answers every request, in whatever state it finds things', async () => {
      const ids = ['a', 'b', 's'];
      const places = [place('a'), place('b', limit(-100)), place('s', stop(-150))];
      const requests = (): ExchangeRequest[] => [
        ...ids.map(cancel),
        ...ids.map((id) => amend(id, 5)),
        ...ids.map(queryOrder),
        queryPosition(),
      ];
      const rounds = [
        () => requests(),
        () => places,
        () => requests(),
        () => places.map((request) => ({ ...request, at: bench.now() })),
        () => requests(),
      ];
      for (const round of rounds) {
        for (const request of round()) {
          const told = await ask(request);
          expect({ request, answers: told.filter((report) => answers(report, request)).length }).toEqual({
            request,
            answers: 1,
          });
        }
      }
    });

    it('gives every fact an id of its own, and the same fact the same one', async () => {
      await ask(place('a'), place('b', limit(-100)), place('s', stop(-150)), queryPosition());
      await ask(queryOrder('a'), queryOrder('b'), cancel('b'), cancel('b'));
      await move(-200);
      await ask(queryOrder('s'), queryPosition(), queryPosition());
      const facts = new Map<string, ExchangeReport>();
      for (const report of reports) {
        const known = facts.get(report.id);
        if (known === undefined) facts.set(report.id, report);
        else expect(report).toEqual(known);
      }
      expect(tradesOf(reports).length).toBeGreaterThan(tradesOf([...facts.values()]).length);
    });
  });
}

type Trade = Extract<ExchangeReport, { type: 'trade' }>;

function tradesOf(reports: readonly ExchangeReport[]): readonly Trade[] {
  return reports.filter((report) => report.type === 'trade');
}

/** Without the account's cash and position, which change beside them. */
function aboutOrders(reports: readonly ExchangeReport[]): readonly ExchangeReport[] {
  return reports.filter(({ type }) => type !== 'balance' && type !== 'position');
}

/** `a accept 10/0` (orderQty/cumQty); of other reports their type. */
function summary(reports: readonly ExchangeReport[]): readonly string[] {
  return aboutOrders(reports).map((report) =>
    report.type === 'order'
      ? `${report.clientOrderId} ${report.execType} ${report.orderQty}/${report.cumQty}`
      : report.type,
  );
}

/** Whether a report is the one that ends the wait for an answer. */
function answers(report: ExchangeReport, request: ExchangeRequest): boolean {
  if (
    'clientOrderId' in request &&
    'clientOrderId' in report &&
    report.clientOrderId !== request.clientOrderId
  )
    return false;
  if (report.type === 'request_unknown') return report.request === request.type;
  switch (request.type) {
    case 'place':
      return (
        report.type === 'order_status' ||
        (report.type === 'order' && (report.execType === 'accept' || report.execType === 'reject'))
      );
    case 'cancel':
    case 'amend':
      if (report.type === 'request_refused') return report.request === request.type;
      return (
        report.type === 'order' &&
        (report.execType === 'cancel' || (request.type === 'amend' && report.execType === 'replace'))
      );
    case 'query_order':
      return report.type === 'order_status' || report.type === 'order_absent';
    case 'query_position':
      return report.type === 'position';
  }
}
