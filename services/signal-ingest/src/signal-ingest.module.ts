import { Module, type DynamicModule } from '@nestjs/common';
import { SignalIngest, type SignalIngestOptions } from './signal-ingest.js';
import { SignalsController } from './signals.controller.js';

/** The role: `POST /v1/signals`. */
@Module({})
export class SignalIngestModule {
  static forRoot(options: SignalIngestOptions): DynamicModule {
    return {
      module: SignalIngestModule,
      controllers: [SignalsController],
      providers: [{ provide: SignalIngest, useValue: new SignalIngest(options) }],
      exports: [SignalIngest],
    };
  }
}
