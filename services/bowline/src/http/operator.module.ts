import { Module, type DynamicModule } from '@nestjs/common';
import { HealthRegistry, Metrics } from '@bowline/telemetry';
import { ControlDesk, type ControlDeskOptions } from './control-desk.js';
import type { DeskStatus } from './desk-status.js';
import { DESK_STATUS, DeskController, HealthController } from './operator.controllers.js';

export interface OperatorOptions extends ControlDeskOptions {
  readonly status: DeskStatus;
  readonly health: HealthRegistry;
  readonly metrics: Metrics;
}

/** What people, supervisors and Prometheus ask of a process, and tell it. Made for `createHttpApp`. */
@Module({})
export class OperatorModule {
  static forRoot(options: OperatorOptions): DynamicModule {
    const { health, metrics, status } = options;
    return {
      module: OperatorModule,
      controllers: [DeskController, HealthController],
      providers: [
        { provide: ControlDesk, useValue: new ControlDesk(options) },
        { provide: DESK_STATUS, useValue: status },
        { provide: HealthRegistry, useValue: health },
        { provide: Metrics, useValue: metrics },
      ],
    };
  }
}
