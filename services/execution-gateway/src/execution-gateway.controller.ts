import { Controller, Inject } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { BusPattern, type BusContext } from '@bowline/bus-nestjs';
import { ExecutionGateways } from '@bowline/engine';

/** Hands what the bus brings to its shard. Returns once the shard's journal has it. */
@Controller()
export class ExecutionGatewayController {
  constructor(@Inject(ExecutionGateways) private readonly shards: ExecutionGateways) {}

  @BusPattern('execution-gateway/orders')
  orders(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('orders', context.delivery);
  }

  @BusPattern('execution-gateway/control')
  control(@Ctx() context: BusContext): Promise<void> {
    return this.shards.receive('control', context.delivery);
  }
}
