import { shardName } from '@bowline/contracts';
import { openQty, sumOfShares } from '@bowline/domain';
import {
  executionGateway,
  LiveMarketView,
  ocoManager,
  orderGenerator,
  OrderNames,
  recover,
  type DeskLayout,
  type GatewayState,
  type OcoManagerState,
  type OrderGeneratorState,
  type Role,
} from '@bowline/engine';
import type { Journal } from '@bowline/ports';

/** What a replay reads. */
export type ReplayedJournal = Pick<Journal, 'loadSnapshot' | 'readAfter'>;

/** What a shard's records lead to. */
export interface Folded {
  /** As a snapshot would keep it. */
  readonly saved: unknown;
  readonly snapshotAt: number;
  /** How many were folded beside the snapshot. */
  readonly records: number;
  readonly summary: string;
}

/** A shard's role, to fold with. */
export type Fold = (journal: ReplayedJournal) => Promise<Folded>;

/** Only what decides looks at these: nothing is decided here. */
const UNUSED = { signalTtlMs: null, maxQuoteAgeMs: null, limitsRequired: false };
const NO_EXCHANGE = { recvWindowMs: 0, nativeOco: false, maxConditionalOrders: null };
/** As the gateways of every desk have it. */
const SWEEP_MS = 60_000;
/** Nobody asks what came in before. */
const INBOX_WINDOW_MS = 1;

/** The roles of all shards that a desk of this configuration has, by shard. */
export function shardFolds({ accounts, channels, clients, markets }: DeskLayout): ReadonlyMap<string, Fold> {
  const names = new OrderNames(clients);
  const market = new LiveMarketView();
  const folds = new Map<string, Fold>();
  for (const client of clients) {
    const role = orderGenerator({ client, markets, ...UNUSED }, market);
    folds.set(shardName('order-generator', client.clientId), foldOf(role, generatorSummary));
  }
  for (const { allowSynthetic, hedgeMode, instrument, key, name } of channels) {
    const { clientId, exchange, symbol } = name;
    const role = ocoManager({
      ...{ channel: name, instrument, hedgeMode, protection: 'paired', allowSynthetic, reduceOnly: false },
      clientOrderId: (strategyId, order) => names.nameOf(clientId, exchange, symbol, strategyId, order),
    });
    folds.set(shardName('oco-manager', key), foldOf(role, ocoSummary));
  }
  for (const { account, channels: own, client, key } of accounts) {
    const [clientId, exchange] = [client.clientId, account.exchange];
    const role = executionGateway({
      ...{ clientId, exchange, capabilities: NO_EXCHANGE, sweepMs: SWEEP_MS },
      asset: own[0]?.instrument.settle ?? '',
      channels: own.map(({ name }) => name),
      instruments: new Map(own.map(({ instrument, name }) => [name.symbol, instrument])),
      clientOrderId: (symbol, strategyId, order, part) =>
        names.nameOf(clientId, exchange, symbol, strategyId, order, part),
    });
    folds.set(shardName('execution-gateway', key), foldOf(role, gatewaySummary));
  }
  return folds;
}

function foldOf<State, Input, Event, Effect>(
  role: Role<State, Input, Event, Effect>,
  summary: (state: State) => string,
): Fold {
  return async (journal) => {
    const { records, snapshotAt, state } = await recover(journal, role, INBOX_WINDOW_MS);
    return { saved: role.save(state), snapshotAt, records, summary: summary(state) };
  };
}

function generatorSummary({ client }: OrderGeneratorState): string {
  const targets = client.channels.flatMap((channel) => [...channel.targets.values()]);
  const exposed = targets.filter(({ openQty: open, workingQty }) => open + workingQty > 0).length;
  const closing = targets.filter((target) => target.closing).length;
  return `${client.tradingState}, ${exposed} exposed, ${closing} closing`;
}

function ocoSummary({ channel }: OcoManagerState): string {
  const open = [...channel.positions.values()].filter((position) => openQty(position) > 0).length;
  const { dust, external, frozen, tradingState } = channel;
  const nobodys = external === 0 && dust === 0 ? '' : `, of them ${external} EXTERNAL, ${dust} DUST`;
  const shares = `${sumOfShares(channel)} lots${nobodys}`;
  return `${tradingState}${frozen ? ', frozen' : ''}, ${open} open, ${shares}`;
}

function gatewaySummary({ live, orders, unknown }: GatewayState): string {
  return `${orders.size} orders, ${live.size} live, ${unknown.size} unknown`;
}
