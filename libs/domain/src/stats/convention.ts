/**
 * Whose definitions a figure follows. The four agree on names and differ in days per year, in what counts as a
 * loss, and in what a return is taken of; docs/reference/statistics.md lists the differences.
 */
export type Convention = 'bowline' | 'nautilus' | 'lean' | 'freqtrade';

export const CONVENTIONS: readonly Convention[] = ['bowline', 'nautilus', 'lean', 'freqtrade'];

/**
 * Trading days in a year: 365 where exchanges never close, 252 where they keep to the working week. On a
 * 365-day calendar a day without samples counts as a day without change; on the other it does not count.
 */
export type DaysPerYear = 365 | 252;
