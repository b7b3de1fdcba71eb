import { Module, type DynamicModule } from '@nestjs/common';
import { OcoManagers } from '@bowline/engine';
import { OcoManagerController } from './oco-manager.controller.js';

/** The role, over the shards of it that this process runs. */
@Module({})
export class OcoManagerModule {
  static forRoot(shards: OcoManagers): DynamicModule {
    return {
      module: OcoManagerModule,
      controllers: [OcoManagerController],
      providers: [{ provide: OcoManagers, useValue: shards }],
    };
  }
}
