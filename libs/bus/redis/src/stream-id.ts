/** The id of a stream's entry, `1700000000000-3`: milliseconds of the server's clock, and a number within them. */
export type StreamId = string;

/** Before every entry. */
export const FIRST: StreamId = '0-0';

/** Negative where `a` stands before `b`. */
export function compareIds(a: StreamId, b: StreamId): number {
  const [aMs = '', aNumber = ''] = a.split('-');
  const [bMs = '', bNumber = ''] = b.split('-');
  return compareDigits(aMs, bMs) || compareDigits(aNumber, bNumber);
}

export function timeOfId(id: StreamId): number {
  return Number(id.slice(0, id.indexOf('-')));
}

/** Without leading zeros the longer number is the greater one; they may be greater than a double can tell apart. */
function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
