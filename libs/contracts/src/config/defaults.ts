/**
 * What holds where the configuration says nothing, as it would be written there. The reference page, the template
 * and the result are all made from these.
 */
export const DEFAULTS = {
  environment: 'local-dev',
  feeMakerBps: '2',
  feeTakerBps: '5',
  hedgeMode: false,
  volatilityWindow: '20',
  duplicateOrderWindowMs: '0',
  orderType: 'market',
  limitOffsetBps: '0',
  timeInForce: 'GTC',
  entryPoint: 'open',
  mode: 'longShort',
  scaleIn: false,
  fixedNotional: '1000',
  slippageBps: '0',
  latencyMs: '0',
  fillProbability: '1',
  partialFillRatio: '1',
  intrabar: 'pessimistic',
  seed: '1',
} as const;
