import {
  clientOrderIdOf,
  generationEra,
  positionHash,
  strategyTags,
  type ClientConfig,
} from '@bowline/contracts';
import type { OrderKey } from '@bowline/domain';

const HASHES_KEPT = 10_000;

/** Names orders at the exchange. A strategy keeps its tag whichever others are configured beside it is the rule that counts. */
export class OrderNames {
  private readonly tags: Map<string, string>;
  private readonly hashes = new Map<string, string>();

  /** @param clients whose configured strategies have tags that are unique among them */
  constructor(clients: readonly ClientConfig[]) {
    this.tags = strategyTags(clients.flatMap(({ strategies }) => [...(strategies?.keys() ?? [])]));
  }

  /** @param child which part of the order; 0: the order as a whole */
  nameOf(
    clientId: string,
    exchange: string,
    symbol: string,
    strategyId: string,
    key: OrderKey,
    child = 0,
  ): string {
    const { generation, leg, strategyPositionId } = key;
    const hash = this.hashOf(clientId, exchange, symbol, strategyPositionId, generationEra(generation));
    return clientOrderIdOf({ strategyTag: this.tagOf(strategyId), leg, generation, child }, hash);
  }

  /** An order is named whenever it is spoken of: many times while its position lasts. */
  private hashOf(
    client: string,
    account: string,
    symbol: string,
    strategyPositionId: string,
    era: number,
  ): string {
    // No id holds a line's end.
    const name = `${era}\n${client}\n${account}\n${symbol}\n${strategyPositionId}`;
    let hash = this.hashes.get(name);
    if (hash === undefined) {
      hash = positionHash({ client, account, symbol, strategyPositionId }, era);
      if (this.hashes.size >= HASHES_KEPT) this.hashes.clear();
      this.hashes.set(name, hash);
    }
    return hash;
  }

  /** A strategy that no configuration names gets its tag when it is first met. */
  private tagOf(strategyId: string): string {
    const known = this.tags.get(strategyId);
    if (known !== undefined) return known;
    const tag = strategyTags([strategyId]).get(strategyId)!;
    this.tags.set(strategyId, tag);
    return tag;
  }
}
