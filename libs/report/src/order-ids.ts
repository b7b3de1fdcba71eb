import { clientOrderIdOf, generationEra, positionHash } from '@bowline/contracts';
import type { OrderKey } from '@bowline/domain';
import type { ResultChannel } from '@bowline/ports';

/** 6 characters of [0-9a-z] for each strategy id, unique among them. */
export type StrategyTags = ReadonlyMap<string, string>;

/** Derives clientOrderIds, hashing each strategy position once: a position has several orders, and those several fills. */
export class OrderIds {
  /** By channel and strategy position; one hash for each era of generations. */
  private readonly hashes: readonly Map<string, string[]>[];

  constructor(
    private readonly channels: readonly ResultChannel[],
    private readonly tags: StrategyTags,
  ) {
    this.hashes = channels.map(() => new Map<string, string[]>());
  }

  /** Throws a RangeError for a strategy without a tag. */
  id(channel: number, strategyId: string, key: OrderKey): string {
    const strategyTag = this.tags.get(strategyId);
    if (strategyTag === undefined) throw new RangeError(`no tag for strategy ${JSON.stringify(strategyId)}`);
    const order = { strategyTag, leg: key.leg, generation: key.generation, child: 0 };
    return clientOrderIdOf(order, this.hash(channel, key.strategyPositionId, generationEra(key.generation)));
  }

  private hash(channel: number, strategyPositionId: string, era: number): string {
    const known = this.hashes[channel].get(strategyPositionId);
    if (known?.[era] !== undefined) return known[era];
    const { clientId, exchange, symbol } = this.channels[channel];
    const hash = positionHash({ client: clientId, account: exchange, symbol, strategyPositionId }, era);
    if (known === undefined) this.hashes[channel].set(strategyPositionId, sparse(era, hash));
    else known[era] = hash;
    return hash;
  }
}

function sparse(at: number, hash: string): string[] {
  const hashes: string[] = [];
  hashes[at] = hash;
  return hashes;
}
