import type { InstrumentKind } from '@bowline/domain';
import { z } from 'zod';
import type { CcxtExchange } from './shape.js';

const functions = z.looseObject({
  fetchMyTrades: z.looseObject({ untilDays: z.number().nullish(), daysBack: z.number().nullish() }).nullish(),
  createOrder: z
    .looseObject({
      triggerPrice: z.boolean().nullish(),
      stopLossPrice: z.boolean().nullish(),
      hedged: z.boolean().nullish(),
    })
    .nullish(),
});

const features = z.looseObject({
  spot: functions.nullish().catch(null),
  swap: z.looseObject({ linear: functions.nullish() }).nullish().catch(null),
  future: z.looseObject({ linear: functions.nullish() }).nullish().catch(null),
});

export interface Features {
  readonly fetchMyTrades: { readonly untilDays: number | null; readonly daysBack: number | null };
  /** Stops rest at the exchange. */
  readonly stops: boolean;
}

/** What ccxt knows of an exchange's functions for a kind of instrument. */
export function featuresOf(
  { features: raw }: Pick<CcxtExchange, 'features'>,
  kind: InstrumentKind,
): Features {
  const parsed = features.safeParse(raw);
  const told = parsed.success ? parsed.data : null;
  const known =
    kind === 'spot' ? told?.spot : kind === 'perpetual' ? told?.swap?.linear : told?.future?.linear;
  const { fetchMyTrades, createOrder } = known ?? {};
  return {
    fetchMyTrades: { untilDays: fetchMyTrades?.untilDays ?? null, daysBack: fetchMyTrades?.daysBack ?? null },
    stops: createOrder?.triggerPrice === true || createOrder?.stopLossPrice === true,
  };
}
