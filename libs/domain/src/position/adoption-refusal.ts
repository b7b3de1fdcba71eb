/** Why an adoption was refused: the closed set. The text is for people; programs read the code. */
export const ADOPTION_REFUSALS = {
  CHANNEL_FROZEN: 'the shares do not add up to the exchange position; nothing is given away until they do',
  NOT_EXTERNAL: 'EXTERNAL does not hold that much on that side',
  POSITION_CONFLICT: 'the strategy has a position or an entry on the other side, or one that is being closed',
  OPPOSITE_OWNER:
    'closing orders are reduceOnly here, and a strategy has the other side: let it close before this is given away',
  PROTECTION_UNAVAILABLE:
    'the exchange holds no stops, and watching them here is not allowed: set allowSynthetic for the account',
  QUANTITY_NOT_LOTS: 'the quantity is not a whole number of lots above 0',
  PRICE_NOT_TICKS: 'a price is not a whole number of ticks above 0',
  LEGS_CROSSED: 'the take-profit is not beyond the stop-loss',
} as const;

export type AdoptionRefusal = keyof typeof ADOPTION_REFUSALS;
