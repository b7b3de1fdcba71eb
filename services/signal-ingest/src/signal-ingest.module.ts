import { Module, type DynamicModule } from '@nestjs/common';
import { SignalAccess } from './signal-access.js';
import { SignalIngest, type SignalIngestOptions } from './signal-ingest.js';
import { SignalsController } from './signals.controller.js';

export interface SignalIngestModuleOptions extends SignalIngestOptions {
  /** Who may send what by HTTP. Default: everybody everything. */
  readonly access: SignalAccess;
}

/** The role by HTTP: `POST /v1/signals` and the webhooks. */
@Module({})
export class SignalIngestModule {
  static forRoot({ access = SignalAccess.open(), ...options }: SignalIngestModuleOptions): DynamicModule {
    return {
      module: SignalIngestModule,
      controllers: [SignalsController],
      providers: [
        { provide: SignalIngest, useValue: new SignalIngest(options) },
        { provide: SignalAccess, useValue: access },
      ],
      exports: [SignalIngest],
    };
  }
}
