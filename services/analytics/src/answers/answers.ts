import {
  ANALYTICS_ROUTE,
  problem,
  readObject,
  type AccountsResponse,
  type AnalyticsRouteName,
  type ChannelsResponse,
  type LiveItem,
  type PairsResponse,
  type PositionsResponse,
  type Problem,
  type StatisticsResponse,
} from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';
import type { z } from 'zod';
import type { LiveModel } from '../model/live-model.js';
import { isAskedFor, itemOf, pageOf, type Page } from './items.js';
import { markedAt, markText, openFigures } from './open-positions.js';
import { hasPair, pairOf } from './pairs.js';
import { statistics } from './statistics.js';

/** A query that cannot be answered. */
export class BadQuery extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = 'BadQuery';
  }
}

/** What is answered over HTTP, from the model. Every answer throws a BadQuery where it does not know a parameter. */
export class Answers {
  constructor(private readonly model: LiveModel) {}

  channels(parameters: unknown): ChannelsResponse {
    const { model } = this;
    const query = readQuery('channels', parameters);
    const rows = [...model.channels.values()].filter((row) => isAskedFor(query, row)).sort(byName);
    const items = rows.map((row) => {
      const own = { client: row.clientId, exchange: row.exchange, symbol: row.symbol };
      const { openPositions, unrealizedPnl } = openFigures(model, (position) => isAskedFor(own, position));
      return { ...itemOf('channels', row), openPositions, markPrice: markText(model, row), unrealizedPnl };
    });
    return { items };
  }

  accounts(parameters: unknown): AccountsResponse {
    const query = readQuery('accounts', parameters);
    const rows = [...this.model.accounts.values()].filter((row) => isAskedFor(query, row)).sort(byName);
    return { items: rows.map((row) => itemOf('accounts', row)) };
  }

  positions(parameters: unknown): PositionsResponse {
    const { model } = this;
    const query = readQuery('positions', parameters);
    return pageOf(
      model.positions.newestFirst(),
      query,
      ({ status }) => status === (query.status ?? status),
      (row) => ({ ...itemOf('strategy_positions', row), ...markedAt(model, row) }),
    );
  }

  pairs(parameters: unknown): PairsResponse {
    const query = readQuery('pairs', parameters);
    return pageOf(
      this.model.positions.newestFirst(),
      query,
      (row) => hasPair(row) && row.pairStatus === (query.status ?? row.pairStatus),
      pairOf,
    );
  }

  orders(parameters: unknown): Page<LiveItem<'orders'>> {
    const query = readQuery('orders', parameters);
    return pageOf(
      this.model.orders.newestFirst(),
      query,
      ({ orderStatus }) => orderStatus === (query.status ?? orderStatus),
      (row) => itemOf('orders', row),
    );
  }

  trades(parameters: unknown): Page<LiveItem<'trades'>> {
    const query = readQuery('trades', parameters);
    return pageOf(this.model.trades.newestFirst(), query, every, (row) => itemOf('trades', row));
  }

  fills(parameters: unknown): Page<LiveItem<'fills'>> {
    const query = readQuery('fills', parameters);
    return pageOf(this.model.fills.newestFirst(), query, every, (row) => itemOf('fills', row));
  }

  signals(parameters: unknown): Page<LiveItem<'signals'>> {
    const query = readQuery('signals', parameters);
    return pageOf(
      this.model.signals.newestFirst(),
      query,
      ({ outcome }) => outcome === (query.outcome ?? outcome),
      (row) => itemOf('signals', row),
    );
  }

  denials(parameters: unknown): Page<LiveItem<'denials'>> {
    const query = readQuery('denials', parameters);
    return pageOf(this.model.denials.newestFirst(), query, every, (row) => itemOf('denials', row));
  }

  alerts(parameters: unknown): Page<LiveItem<'alerts'>> {
    const query = readQuery('alerts', parameters);
    return pageOf(this.model.alerts.newestFirst(), query, every, (row) => itemOf('alerts', row));
  }

  controls(parameters: unknown): Page<LiveItem<'controls'>> {
    const query = readQuery('controls', parameters);
    return pageOf(this.model.controls.newestFirst(), query, every, (row) => itemOf('controls', row));
  }

  statistics(parameters: unknown): StatisticsResponse {
    return statistics(this.model, readQuery('statistics', parameters));
  }
}

/** The parameters of a route. Throws a BadQuery that names every one that is wrong, and what is allowed. */
export function readQuery<Name extends AnalyticsRouteName>(
  name: Name,
  parameters: unknown,
): z.output<(typeof ANALYTICS_ROUTE)[Name]['query']> {
  const read = readObject(ANALYTICS_ROUTE[name].query, {}, parameters, '');
  if (!read.ok) throw new BadQuery(problem('invalid', { errors: read.errors }));
  return read.value as z.output<(typeof ANALYTICS_ROUTE)[Name]['query']>;
}

function every(): boolean {
  return true;
}

interface Named {
  readonly clientId: string;
  readonly exchange: string;
  readonly symbol?: string;
  readonly asset?: string;
}

function byName(a: Named, b: Named): number {
  return (
    compareCodePoints(a.clientId, b.clientId) ||
    compareCodePoints(a.exchange, b.exchange) ||
    compareCodePoints(a.symbol ?? a.asset ?? '', b.symbol ?? b.asset ?? '')
  );
}
