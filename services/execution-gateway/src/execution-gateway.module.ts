import { Module, type DynamicModule } from '@nestjs/common';
import { ExecutionGateways } from '@bowline/engine';
import { ExecutionGatewayController } from './execution-gateway.controller.js';

/** The role, over the shards of it that this process runs. */
@Module({})
export class ExecutionGatewayModule {
  static forRoot(shards: ExecutionGateways): DynamicModule {
    return {
      module: ExecutionGatewayModule,
      controllers: [ExecutionGatewayController],
      providers: [{ provide: ExecutionGateways, useValue: shards }],
    };
  }
}
