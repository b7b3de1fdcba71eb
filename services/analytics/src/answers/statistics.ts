import type { StatisticsResponse } from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';
import type { LiveModel } from '../model/live-model.js';
import { sortedCounts, Tally } from '../model/tally.js';
import { isAskedFor } from './items.js';
import { openFigures } from './open-positions.js';

interface Owner {
  readonly client?: string | undefined;
  readonly strategy?: string | undefined;
}

/** Figures of what is asked for: who never traded has zeros, and is not left out. */
export function statistics(model: LiveModel, query: Owner): StatisticsResponse {
  const figures = (owner: Owner) =>
    tallyOf(model, owner).figures(openFigures(model, (row) => isAskedFor(owner, row)));
  const pairs = pairsOf(model).filter(
    ({ client, strategy }) =>
      client === (query.client ?? client) && strategy === (query.strategy ?? strategy),
  );
  const clients = new Set(pairs.map(({ client }) => client));
  for (const { clientId } of model.channels.values()) {
    if (clientId === (query.client ?? clientId)) clients.add(clientId);
  }
  const strategies = new Set(pairs.map(({ strategy }) => strategy));
  const isWanted = ({ clientId, strategyId }: { clientId: string; strategyId: string }): boolean =>
    clientId === (query.client ?? clientId) && strategyId === (query.strategy ?? strategyId);
  return {
    overall: figures(query),
    byClient: [...clients].sort(compareCodePoints).map((client) => ({
      clientId: client,
      strategyId: query.strategy ?? null,
      ...figures({ ...query, client }),
    })),
    byStrategy: [...strategies].sort(compareCodePoints).map((strategy) => ({
      clientId: query.client ?? null,
      strategyId: strategy,
      ...figures({ ...query, strategy }),
    })),
    byClientAndStrategy: pairs.map(({ client, strategy }) => ({
      clientId: client,
      strategyId: strategy,
      ...figures({ client, strategy }),
    })),
    denials: sortedCounts(model.denied.byCode(isWanted)),
    ignoredSignals: sortedCounts(model.ignored.byCode(isWanted)),
  };
}

function tallyOf({ tallies }: LiveModel, { client, strategy }: Owner): Tally {
  if (client === undefined) {
    return (strategy === undefined ? tallies.overall : tallies.byStrategy.get(strategy)) ?? new Tally();
  }
  const own =
    strategy === undefined ? tallies.byClient.get(client) : tallies.byBoth.get(client)?.get(strategy);
  return own ?? new Tally();
}

/** Every strategy of a client that has traded or has something open, in code-point order. */
function pairsOf(model: LiveModel): { readonly client: string; readonly strategy: string }[] {
  const pairs = new Map<string, { readonly client: string; readonly strategy: string }>();
  const add = (client: string, strategy: string): unknown =>
    pairs.set(JSON.stringify([client, strategy]), { client, strategy });
  for (const [client, own] of model.tallies.byBoth) for (const strategy of own.keys()) add(client, strategy);
  for (const { clientId, strategyId } of model.positions.open()) add(clientId, strategyId);
  return [...pairs.values()].sort(
    (a, b) => compareCodePoints(a.client, b.client) || compareCodePoints(a.strategy, b.strategy),
  );
}
