import { clientOrderId, strategyTags, type ClientConfig } from '@bowline/contracts';
import type { OrderKey } from '@bowline/domain';

/** Names orders at the exchange. A strategy keeps its tag whichever others are configured beside it is the rule that counts. */
export class OrderNames {
  private readonly tags: Map<string, string>;

  /** @param clients whose configured strategies have tags that are unique among them */
  constructor(clients: readonly ClientConfig[]) {
    this.tags = strategyTags(clients.flatMap(({ strategies }) => [...(strategies?.keys() ?? [])]));
  }

  nameOf(clientId: string, exchange: string, symbol: string, strategyId: string, key: OrderKey): string {
    const { generation, leg, strategyPositionId } = key;
    return clientOrderId({
      strategyTag: this.tagOf(strategyId),
      leg,
      generation,
      child: 0,
      client: clientId,
      account: exchange,
      symbol,
      strategyPositionId,
    });
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
