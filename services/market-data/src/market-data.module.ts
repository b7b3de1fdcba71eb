import { Module, type DynamicModule } from '@nestjs/common';
import { MarketData } from './market-data.js';

/** The role, over the markets that this process reads. */
@Module({})
export class MarketDataModule {
  static forRoot(marketData: MarketData): DynamicModule {
    return { module: MarketDataModule, providers: [{ provide: MarketData, useValue: marketData }] };
  }
}
