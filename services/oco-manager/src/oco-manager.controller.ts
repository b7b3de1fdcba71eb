import { Controller, Inject } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { BusPattern, type BusContext } from '@bowline/bus-nestjs';
import { OcoManagers } from '@bowline/engine';

/** Hands what the bus brings to its shard. Returns once the shard's journal has it. */
@Controller()
export class OcoManagerController {
  constructor(@Inject(OcoManagers) private readonly shards: OcoManagers) {}

  @BusPattern('oco-manager/order-intents')
  orderIntents(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('order-intents', context.delivery);
  }

  @BusPattern('oco-manager/executions')
  executions(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('executions', context.delivery);
  }

  @BusPattern('oco-manager/control')
  control(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('control', context.delivery);
  }
}
