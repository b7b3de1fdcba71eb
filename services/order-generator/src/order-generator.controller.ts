import { Controller, Inject } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { BusPattern, type BusContext } from '@bowline/bus-nestjs';
import { OrderGenerators } from '@bowline/engine';

/** Hands what the bus brings to its shard. Returns once the shard's journal has it. */
@Controller()
export class OrderGeneratorController {
  constructor(@Inject(OrderGenerators) private readonly shards: OrderGenerators) {}

  @BusPattern('order-generator/signals')
  signals(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('signals', context.delivery);
  }

  @BusPattern('order-generator/positions')
  positions(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('positions', context.delivery);
  }

  @BusPattern('order-generator/control')
  control(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('control', context.delivery);
  }
}
