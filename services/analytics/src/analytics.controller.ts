import { Controller, Inject } from '@nestjs/common';
import { Ctx } from '@nestjs/microservices';
import { BusPattern, type BusContext } from '@bowline/bus-nestjs';
import { Analytics } from './analytics.js';

/** Hands what the bus brings to the model; it is acknowledged later, once it is in the store. */
@Controller()
export class AnalyticsController {
  constructor(@Inject(Analytics) private readonly analytics: Analytics) {}

  @BusPattern('analytics/positions')
  positions(@Ctx() context: BusContext): Promise<void> {
    return this.analytics.receive('positions', context.delivery);
  }

  @BusPattern('analytics/audit')
  audit(@Ctx() context: BusContext): Promise<void> {
    return this.analytics.receive('audit', context.delivery);
  }

  @BusPattern('analytics/accounts')
  accounts(@Ctx() context: BusContext): Promise<void> {
    return this.analytics.receive('accounts', context.delivery);
  }

  @BusPattern('analytics/dead-letters')
  async deadLetters(@Ctx() { delivery }: BusContext): Promise<void> {
    this.analytics.deadLetters.take(delivery.message);
  }
}
