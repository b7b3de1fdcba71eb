import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsController } from './analytics.controller.js';
import { Analytics } from './analytics.js';
import { AnswersController } from './answers.controller.js';

/** The role: it reads everything and decides nothing. Whoever opened `analytics` closes it. */
@Module({})
export class AnalyticsModule {
  static forRoot(analytics: Analytics): DynamicModule {
    return {
      module: AnalyticsModule,
      controllers: [AnalyticsController, AnswersController],
      providers: [{ provide: Analytics, useValue: analytics }],
    };
  }
}
