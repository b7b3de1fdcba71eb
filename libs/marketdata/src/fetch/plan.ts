/** One file of the exchange's public history: a month or a day of one symbol. */
export interface Archive {
  readonly kind: 'monthly' | 'daily';
  /** `2021-04` or `2021-04-20`. */
  readonly period: string;
  /** First instant in it, and first after it. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ArchivePlan {
  /** In the order of time, without overlap. */
  readonly archives: readonly Archive[];
  /** Where the part begins that the exchange has not published yet; null where all of it can be there. */
  readonly unpublishedFromMs: number | null;
}

const DAY_MS = 86_400_000;

/**
 * Which archives hold [fromMs, toMs): monthly files for whole months that are past, daily ones for the rest. A
 * day is published once it is over (UTC).
 */
export function planArchives(fromMs: number, toMs: number, nowMs: number): ArchivePlan {
  const today = startOfDay(nowMs);
  const thisMonth = startOfMonth(nowMs);
  const archives: Archive[] = [];
  let at = startOfDay(fromMs);
  while (at < toMs && at < today) {
    const monthEnd = nextMonth(at);
    const wholeMonth = at === startOfMonth(at) && at >= fromMs && monthEnd <= toMs && monthEnd <= thisMonth;
    const end = wholeMonth ? monthEnd : at + DAY_MS;
    archives.push(archive(wholeMonth ? 'monthly' : 'daily', at, end));
    at = end;
  }
  return { archives, unpublishedFromMs: toMs > today ? Math.max(fromMs, today) : null };
}

/** The days that a monthly archive is made of. */
export function daysOf({ fromMs, toMs }: Archive): readonly Archive[] {
  return Array.from({ length: (toMs - fromMs) / DAY_MS }, (_, day) =>
    archive('daily', fromMs + day * DAY_MS, fromMs + (day + 1) * DAY_MS),
  );
}

/** Path of an archive under the exchange's data host. */
export function archivePath(symbol: string, interval: string, archiveOf: Archive): string {
  return `data/futures/um/${archiveOf.kind}/klines/${symbol}/${interval}/${archiveName(symbol, interval, archiveOf)}`;
}

export function archiveName(symbol: string, interval: string, { period }: Archive): string {
  return `${symbol}-${interval}-${period}.zip`;
}

function archive(kind: Archive['kind'], fromMs: number, toMs: number): Archive {
  return { kind, period: new Date(fromMs).toISOString().slice(0, kind === 'monthly' ? 7 : 10), fromMs, toMs };
}

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function startOfMonth(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}

function nextMonth(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
