import type { Contingency } from './commands.js';
import type { Order } from './order.js';

/** Orders that depend on each other. */
export class OrderList {
  constructor(
    readonly orderListId: number,
    readonly contingencyType: Contingency,
    /** Its whole fill lets the others in; null: these are in force at once. */
    readonly working: Order | null,
    /** Of two, the first that trades or is triggered ends the other. */
    readonly group: readonly Order[],
  ) {}

  /** Those besides one that are not over. */
  othersOf(order: Order): readonly Order[] {
    const { group, working } = this;
    const all = working === null ? group : [working, ...group];
    return all.filter((other) => other !== order && !other.terminal);
  }
}
