import { join } from 'node:path';
import type { DeskConfig } from '@bowline/contracts';
import { cashOf, decimal } from '@bowline/domain';
import {
  ExecutionGateways,
  layOut,
  LiveMarketView,
  OcoManagers,
  OrderGenerators,
  OrderNames,
  SystemClock,
  type DeskLayout,
  type ShardRuntime,
} from '@bowline/engine';
import { REMOTE_CAPABILITIES } from '@bowline/exchange-simulator';
import type { ExchangeTruth } from '@bowline/exchange-simulator-service';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import type { Bus, ExchangeClient } from '@bowline/ports';
import { ManualLease } from '@bowline/testkit';
import type { HeldDesk } from '../live/killed-desk-laws.spec-support.js';
import { mockMarkets } from '../live/mock-markets.js';
import { ownShards } from '../live/own-shards.js';
import { stateFolder } from '../live/state-folder.js';
import { planProcesses, type PlannedProcess } from './plan.js';

const nothing = (): void => undefined;
/** Nothing is told: the shards are only looked at. */
const BUS: Bus = {
  publish: async () => undefined,
  subscribe: () => ({ close: async () => undefined }),
  backlog: () => [],
  close: async () => undefined,
};

/** What the journals of a desk of many processes say, once all of them have ended. */
export async function readStoppedDesk(
  dir: string,
  config: DeskConfig,
): Promise<HeldDesk['desk'] & { close(): Promise<void> }> {
  const layout = layOut(config.clients, mockMarkets(config));
  const generators: OrderGenerators[] = [];
  const managers: OcoManagers[] = [];
  const gateways: ExecutionGateways[] = [];
  const closes: (() => Promise<void>)[] = [];
  const names = new OrderNames(layout.clients);
  for (const process of planProcesses(layout)) {
    // Who only tells prices keeps nothing.
    if (process.shard === null || process.role === 'market-data') continue;
    const { own, runtime } = await open(dir, layout, process);
    closes.push(() => runtime.journals.close());
    switch (process.role) {
      case 'order-generator': {
        const terms = { signalTtlMs: 900_000, maxQuoteAgeMs: 30_000, limitsRequired: false };
        generators.push(await OrderGenerators.open(runtime, own, new LiveMarketView(), terms));
        break;
      }
      case 'oco-manager':
        managers.push(
          await OcoManagers.open(runtime, own, names, {
            ...{ capabilitiesOf: () => REMOTE_CAPABILITIES, maxQuoteAgeMs: null, heartbeatMs: null },
          }),
        );
        break;
      case 'execution-gateway':
        gateways.push(await ExecutionGateways.open(runtime, own, names, silentClient));
        break;
      case 'analytics':
      case 'signal-ingest':
        throw new Error(`${process.role} has no shards`);
    }
  }
  return {
    generators: joined(generators),
    managers: joined(managers),
    gateways: joined(gateways),
    close: async () => {
      for (const close of closes) await close();
    },
  };
}

/** Exchanges as a simulator has told of them. */
export function booksOf(truth: Readonly<Record<string, ExchangeTruth>>): HeldDesk['exchanges'] {
  return new Map(
    Object.entries(truth).map(([exchange, { accounts }]) => [
      exchange,
      {
        signedQty: (account, symbol) =>
          accounts[account]!.positions.filter((position) => position.symbol === symbol).reduce(
            (sum, { positionSide, quantity }) => sum + (positionSide === 'SHORT' ? -quantity : quantity),
            0,
          ),
        openOrders: (account, symbol) =>
          accounts[account]!.openOrders.filter(
            (order) => symbol === undefined || order.symbol === symbol,
          ) as never,
        trades: (account, symbol) =>
          accounts[account]!.trades.filter((trade) => trade.symbol === symbol) as never,
        balances: (account) =>
          new Map(
            Object.entries(accounts[account]!.balances).map(([asset, text]) => [
              asset,
              cashOf(decimal(text))!,
            ]),
          ),
      },
    ]),
  );
}

async function open(
  dir: string,
  layout: DeskLayout,
  { folder, role, shard }: PlannedProcess,
): Promise<{ own: DeskLayout; runtime: ShardRuntime }> {
  const { journal } = stateFolder(join(dir, folder));
  const journals = await openEmbeddedJournals(journal, { mustExist: true, onWarning: nothing });
  const observer = {
    ...{ appended: nothing, duplicate: nothing, fenced: nothing, parked: nothing, quarantined: nothing },
    ...{ stopped: nothing, recovered: nothing },
  };
  const clock = new SystemClock();
  // Above every epoch that a run can have had.
  const leaseOf = () => new ManualLease(clock, { epoch: 1_000_000, ttlMs: 600_000 });
  const runtime = { bus: BUS, journals, clock, observer, leaseOf };
  return { own: ownShards(layout, [role], [shard!]), runtime };
}

/** All shards of a role, though each has come from a journal of its own. */
function joined<T extends { readonly shards?: readonly unknown[]; readonly runners: readonly unknown[] }>(
  parts: readonly T[],
): T {
  return {
    shards: parts.flatMap(({ shards = [] }) => shards),
    runners: parts.flatMap(({ runners }) => runners),
  } as unknown as T;
}

function silentClient(): ExchangeClient {
  return {
    ...{ exchange: '', account: '', capabilities: REMOTE_CAPABILITIES, pace: null },
    send: nothing,
    connect: async () => undefined,
    close: async () => undefined,
  };
}
