import { wordOf } from '@bowline/exchange-binance-common';
import type { z } from 'zod';

export const positionSide = wordOf(['BOTH', 'LONG', 'SHORT']);

export const orderStatus = wordOf([
  'NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
  'NEW_INSURANCE',
  'NEW_ADL',
]);

export const algoStatus = wordOf([
  'NEW',
  'TRIGGERING',
  'TRIGGERED',
  'FINISHED',
  'CANCELED',
  'REJECTED',
  'EXPIRED',
]);

export type BinanceOrderStatus = z.output<typeof orderStatus>;
export type BinanceAlgoStatus = z.output<typeof algoStatus>;
