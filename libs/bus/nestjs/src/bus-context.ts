import type { Delivery } from '@bowline/ports';
import { BaseRpcContext } from '@nestjs/microservices';

/** What `@Ctx()` gives to a handler: how the message came, and for `later` subscriptions the way to acknowledge it. */
export class BusContext extends BaseRpcContext<[delivery: Delivery]> {
  get delivery(): Delivery {
    return this.args[0];
  }
}
