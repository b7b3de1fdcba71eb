import type { AuditEntry, ClientSignal, FillView, TradeView } from '@bowline/contracts';
import {
  cashOf,
  isTerminal,
  isWatched,
  openQty,
  ordersOf,
  sumOfShares,
  type StrategyPosition,
} from '@bowline/domain';
import { OrderNames, type OcoShard } from '@bowline/engine';
import type { LiveDesk } from './live-desk.js';

/** Watches a desk on its mock exchanges from outside, and throws where an invariant is broken. */
export class DeskLaws {
  /** What must hold whenever nothing moves but by the clock. */
  check(desk: LiveDesk): void {
    for (const { error, shard, what } of desk.incidents) {
      assert(what === 'duplicate' || what === 'fenced', 'bug', `${shard} ${what}: ${error}`);
    }
    for (const shard of desk.managers.shards) {
      this.sharesAddUp(desk, shard);
      this.oneOrderPerName(desk, shard);
      for (const position of shard.runner.state.channel.positions.values()) this.ordersAreSane(position);
    }
  }

  /** Something is being closed, or was given up. */
  isBusy(desk: LiveDesk): boolean {
    return positionsOf(desk).some(({ closing, stuck }) => stuck || closing !== null);
  }

  isFlat(desk: LiveDesk): boolean {
    return (
      positionsOf(desk).length === 0 && desk.managers.shards.every((shard) => bookOf(desk, shard).net === 0)
    );
  }

  /** I9, I20: faults have been over for a while. */
  checkProtected(desk: LiveDesk): void {
    const names = new OrderNames(desk.layout.clients);
    for (const shard of desk.managers.shards) {
      const { open } = bookOf(desk, shard);
      for (const position of shard.runner.state.channel.positions.values()) {
        const { closing, stopLossPrice } = position;
        const id = `${shard.layout.key} ${position.id}`;
        assert(closing === null, 'I20', `${id} is closing still`);
        assert(!position.stuck, 'I9', `${id} was given up`);
        const wanted = openQty(position);
        if (wanted === 0 || stopLossPrice === null) continue;
        assert(position.unprotectedSince === null, 'I9', `${id} is not protected`);
        if (isWatched(position, 's')) {
          assert(shard.layout.allowSynthetic, 'I9', `${id} is watched, and may not be`);
          continue;
        }
        const key = position.stopLoss!.terms.key;
        const { clientId, exchange, symbol } = shard.layout.name;
        const name = names.nameOf(clientId, exchange, symbol, position.strategyId, key);
        const stop = open.find(({ clientOrderId }) => clientOrderId === name);
        assert(
          stop?.leavesQty === wanted && stop.stopPrice === stopLossPrice,
          'I9',
          `${id} of ${wanted} has a stop over ${stop?.leavesQty} at ${stop?.stopPrice}, not ${stopLossPrice}`,
        );
      }
    }
  }

  /** Everything was closed, and time has passed. */
  checkOver(desk: LiveDesk, signals: readonly ClientSignal[]): void {
    for (const shard of desk.managers.shards) {
      const { key } = shard.layout;
      const { net, open } = bookOf(desk, shard);
      const { channel, compared } = shard.runner.state;
      assert(net === 0, 'I20', `${key}: the exchange has ${net}`);
      assert(
        open.length === 0,
        'I8',
        `${key}: ${open.map(({ clientOrderId }) => clientOrderId).join()} open`,
      );
      const left = [...channel.positions.keys()];
      assert(left.length === 0, 'I20', `${key}: ${left.join()} left`);
      assert(channel.external === 0 && channel.dust === 0, 'I3', `${key}: external ${channel.external}`);
      assert(!channel.frozen && compared?.difference === 0, 'I1', `${key}: drift ${compared?.difference}`);
      this.everyFillHasOneOwner(desk, shard);
      this.cashIsExact(desk, shard);
    }
    for (const { runner } of desk.gateways.shards) {
      for (const { clientOrderId, replacement, status } of runner.state.orders.values()) {
        assert(status === 'done', 'I14', `${clientOrderId} is ${status}`);
        assert(replacement === null, 'I20', `the replace of ${clientOrderId} was never answered`);
      }
    }
    this.everythingIsFree(desk);
    this.everySignalHasOneOutcome(desk, signals);
  }

  /** I1: the shares and what is still on its way to them are what the exchange has. */
  private sharesAddUp(desk: LiveDesk, shard: OcoShard): void {
    const { channel } = shard.runner.state;
    const { net, trades } = bookOf(desk, shard);
    let underWay = 0;
    for (const { lastQty, side, tradeId } of trades) {
      if (!channel.tradeIds.has(tradeId)) underWay += side === 'BUY' ? lastQty : -lastQty;
    }
    const owned = sumOfShares(channel);
    assert(owned + underWay === net, 'I1', `owned ${owned}, under way ${underWay}, exchange ${net}`);
  }

  /** An id that was used twice at the exchange was sent twice. */
  private oneOrderPerName(desk: LiveDesk, shard: OcoShard): void {
    const names = new Map<string, number | null>();
    const filled = new Map<string, number>();
    for (const { clientOrderId, lastQty, orderId, orderQty } of bookOf(desk, shard).trades) {
      const known = names.get(clientOrderId) ?? orderId;
      assert(known === orderId, 'I5', `${clientOrderId} was placed twice`);
      names.set(clientOrderId, orderId);
      filled.set(clientOrderId, (filled.get(clientOrderId) ?? 0) + lastQty);
      assert(filled.get(clientOrderId)! <= orderQty, 'I4', `${clientOrderId} is overfilled`);
    }
  }

  private ordersAreSane(position: StrategyPosition): void {
    const live = { e: 0, t: 0, s: 0, x: 0 };
    for (const { state, terms } of ordersOf(position)) if (!isTerminal(state)) live[terms.key.leg] += 1;
    for (const [leg, count] of Object.entries(live)) {
      assert(count <= 1, 'I5', `${position.id} has ${count} live ${leg}`);
    }
  }

  /** I3: each fill of the exchange was booked once, under the order that it belongs to. */
  private everyFillHasOneOwner(desk: LiveDesk, shard: OcoShard): void {
    const booked = new Map<string | number, FillView>();
    for (const { channel, fills } of desk.positions) {
      if (!isOf(channel, shard)) continue;
      for (const fill of fills) {
        assert(!booked.has(fill.tradeId), 'I3', `trade ${fill.tradeId} is booked twice`);
        booked.set(fill.tradeId, fill);
      }
    }
    for (const { clientOrderId, fee, lastPx, lastQty, side, tradeId } of bookOf(desk, shard).trades) {
      const fill = booked.get(tradeId);
      booked.delete(tradeId);
      const same =
        fill?.clientOrderId === clientOrderId &&
        fill.side === side &&
        fill.lastQty === lastQty &&
        fill.lastPx === lastPx &&
        fill.fee === fee;
      assert(same, 'I3', `trade ${tradeId} of ${clientOrderId} is booked as ${fill?.clientOrderId}`);
    }
    assert(booked.size === 0, 'I3', `booked, and not traded: ${[...booked.keys()].join()}`);
  }

  /** I2: all is closed, so what the account has more or less is what the trades say. */
  private cashIsExact(desk: LiveDesk, shard: OcoShard): void {
    const { clientId, exchange } = shard.layout.name;
    const { account } = desk.layout.accounts.find(({ key }) => key === `${clientId}.${exchange}`)!;
    const paidIn = account.accountBalance === null ? 0n : (cashOf(account.accountBalance) ?? 0n);
    const balance = desk.exchanges.get(exchange)!.balances(clientId).get('USDT')!;
    const trades: TradeView[] = desk.positions
      .filter((each) => isOf(each.channel, shard))
      .flatMap((each) => each.trades);
    let net = 0n;
    for (const { fees, netPnl, realizedPnl } of trades) {
      assert(netPnl === realizedPnl - fees, 'I2', 'net is not realized less fees');
      net += netPnl;
    }
    assert(balance - paidIn === net, 'I2', `${clientId}: cash ${balance - paidIn}, trades ${net}`);
  }

  private everythingIsFree(desk: LiveDesk): void {
    for (const runner of desk.generators.runners) {
      const { channels, client } = runner.state;
      for (const { index, intents } of channels) {
        const { longLots, shortLots, targets } = client.channels[index]!;
        assert(
          longLots === 0 && shortLots === 0,
          'I15',
          `${runner.shard}: ${longLots}/${shortLots} reserved`,
        );
        for (const [strategyId, { closing, openQty: open, pending, workingQty }] of targets) {
          const what = `${runner.shard} ${strategyId}`;
          assert(open === 0 && workingQty === 0, 'I15', `${what}: open ${open}, working ${workingQty}`);
          assert(!closing && pending === null, 'I20', `${what} waits for a close`);
          assert((intents.get(strategyId)?.reserved ?? 0) === 0, 'I15', `${what} has a reservation`);
        }
      }
    }
  }

  /** A signal that led to a close may lead to an entry, or its denial, later. */
  private everySignalHasOneOutcome(desk: LiveDesk, signals: readonly ClientSignal[]): void {
    for (const { clientId } of desk.layout.clients) {
      const entries = desk.audits
        .filter((audit) => audit.clientId === clientId)
        .flatMap((audit) => audit.entries);
      const outcomes = new Map<string, Extract<AuditEntry, { type: 'signal' }>['outcome'][]>();
      for (const entry of entries) {
        if (entry.type !== 'signal') continue;
        outcomes.set(entry.signalId, [...(outcomes.get(entry.signalId) ?? []), entry.outcome]);
      }
      for (const { id } of signals) {
        const [first, second, ...others] = outcomes.get(id) ?? [];
        const dead = entries.some(
          (entry) => entry.type === 'dead_letter' && entry.messageId === `${id}/${clientId}`,
        );
        assert(dead || first !== undefined, 'I19', `${clientId}: nothing became of ${id}`);
        const follows = second === undefined || (first === 'closing' && second !== 'closing');
        assert(
          follows && others.length === 0,
          'I19',
          `${clientId}: ${id} led to ${outcomes.get(id)?.join()}`,
        );
      }
    }
  }
}

function bookOf(desk: LiveDesk, { layout }: OcoShard) {
  const { clientId, exchange, symbol } = layout.name;
  const mock = desk.exchanges.get(exchange)!;
  return {
    net: mock.signedQty(clientId, symbol),
    open: mock.openOrders(clientId, symbol),
    trades: mock.trades(clientId, symbol),
  };
}

function positionsOf(desk: LiveDesk): StrategyPosition[] {
  return desk.managers.shards.flatMap(({ runner }) => [...runner.state.channel.positions.values()]);
}

function isOf(
  channel: { readonly clientId: string; readonly exchange: string; readonly symbol: string },
  { layout: { name } }: OcoShard,
): boolean {
  return (
    channel.clientId === name.clientId && channel.exchange === name.exchange && channel.symbol === name.symbol
  );
}

function assert(holds: boolean, law: string, what: string): asserts holds {
  if (!holds) throw new Error(`${law} is broken: ${what}`);
}
