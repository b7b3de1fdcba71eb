import { Module, type DynamicModule } from '@nestjs/common';
import { OrderGenerators } from '@bowline/engine';
import { OrderGeneratorController } from './order-generator.controller.js';

/** The role, over the shards of it that this process runs. */
@Module({})
export class OrderGeneratorModule {
  static forRoot(shards: OrderGenerators): DynamicModule {
    return {
      module: OrderGeneratorModule,
      controllers: [OrderGeneratorController],
      providers: [{ provide: OrderGenerators, useValue: shards }],
    };
  }
}
