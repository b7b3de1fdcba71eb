import type { Connection } from './connection.js';
import type { StreamId } from './stream-id.js';

export interface StreamGroupOptions {
  readonly stream: string;
  readonly group: string;
  /** This reader among those that the group has had: `epoch:instance:number`. */
  readonly consumer: string;
  readonly epoch: number;
  readonly deadAfterMs: number;
  readonly keepMs: number;
  /** Every group that the topic must have, this one included. */
  readonly declared: () => readonly string[];
  /** For reading only: a blocked read holds up whatever stands behind it. Its name is the reader's. */
  readonly reading: Connection;
  /** For everything else. */
  readonly commands: Connection;
}

export interface Entry {
  readonly id: StreamId;
  /** Null: somebody has deleted it. */
  readonly fields: readonly string[] | null;
}

export type Claim =
  | {
      readonly outcome: 'claimed';
      /** Whether the group did not know this reader: never yet, or not any more. */
      readonly joined: boolean;
    }
  | {
      readonly outcome: 'taken' | 'fenced';
      /** Who has the group. */
      readonly consumer: string;
      /** Since it last gave a sign of life. */
      readonly idleMs: number;
    };

export interface Pulse {
  /** Of the server. */
  readonly timeMs: number;
  /** Entries that no reader of the group has got. */
  readonly unread: number;
  /** Null: there is none. */
  readonly oldestUnread: StreamId | null;
  /** Entries that the group's readers have got and not acknowledged. */
  readonly pending: number;
  /** The last entry of the stream. */
  readonly lastId: StreamId;
}

type ReadReply = readonly (readonly [stream: string, entries: readonly RawEntry[]])[] | null;
type RawEntry = readonly [id: string, fields: readonly string[] | null];
type PendingReply = readonly (readonly [id: string, consumer: string, idleMs: number, deliveries: number])[];

/** What one reader asks Redis about its group. */
export class StreamGroup {
  constructor(private readonly options: StreamGroupOptions) {}

  /** Makes this the group's reader, unless another one lives. */
  async claim(): Promise<Claim> {
    const { consumer, deadAfterMs, declared, epoch, group, reading, stream } = this.options;
    const reply = await reading.busClaim(stream, group, consumer, epoch, deadAfterMs, ...declared());
    const [outcome, name, figure] = reply;
    return outcome === 'claimed'
      ? { outcome, joined: figure === 1 }
      : { outcome, consumer: name, idleMs: figure };
  }

  /** Shows that this reader lives, and trims the stream. Null: it is the group's reader no more. */
  async pulse(): Promise<Pulse | null> {
    const { consumer, declared, group, keepMs, reading, stream } = this.options;
    const reply = await reading.busPulse(stream, group, consumer, keepMs, ...declared());
    if (reply === null) return null;
    const [timeMs, unread, pending, oldestUnread, lastId] = reply;
    return { timeMs: Number(timeMs), unread, pending, oldestUnread, lastId };
  }

  /** Entries that no reader of the group has got. Waits for the first one; none: nothing came in time. */
  readNew(count: number, waitMs: number): Promise<readonly Entry[]> {
    return this.read(['COUNT', count, 'BLOCK', waitMs], '>');
  }

  /** What this reader got before, or from the readers before it, and has not acknowledged; the oldest behind `after`. */
  readOwn(count: number, after: StreamId): Promise<readonly Entry[]> {
    return this.read(['COUNT', count], after);
  }

  /** How often they were delivered, this time included. */
  async deliveries(entries: readonly Entry[]): Promise<ReadonlyMap<StreamId, number>> {
    const { consumer, group, reading, stream } = this.options;
    const [first, last] = [entries[0]!.id, entries.at(-1)!.id];
    const reply = await reading.xpending(stream, group, first, last, entries.length, consumer);
    return new Map((reply as unknown as PendingReply).map(([id, , , deliveries]) => [id, deliveries]));
  }

  async acknowledge(ids: readonly StreamId[]): Promise<void> {
    const { commands, group, stream } = this.options;
    await commands.xack(stream, group, ...ids);
  }

  async countAttempt(id: StreamId, attempts: number): Promise<void> {
    const { commands, consumer, group, stream } = this.options;
    await commands.busCount(stream, group, consumer, id, attempts);
  }

  async release(): Promise<void> {
    const { commands, consumer, group, stream } = this.options;
    await commands.busRelease(stream, group, consumer);
  }

  /**
   * Ends the connections of readers of this group, but for the one that asks, and answers how many there were. The
   * server may not know yet that the other end of one is gone: a read that is blocked there would be given the next
   * messages, which nobody would ever get to see, while this reader goes on behind them.
   */
  async endOtherReads(asking: Connection): Promise<number> {
    const name = this.options.reading.options.connectionName;
    const own = String(await asking.client('ID'));
    const list = (await asking.call('CLIENT', 'LIST', 'TYPE', 'normal')) as string;
    const others = list
      .split('\n')
      .map((line) => new Map(line.split(' ').map((field) => splitAt(field, '='))))
      .filter((client) => client.get('name') === name && client.get('id') !== own);
    for (const client of others) await asking.client('KILL', 'ID', client.get('id')!);
    return others.length;
  }

  private async read(how: readonly (string | number)[], from: string): Promise<readonly Entry[]> {
    const { consumer, group, reading, stream } = this.options;
    // Through `call`, because no overload of ioredis knows a list of options.
    const reply = await reading.call('XREADGROUP', 'GROUP', group, consumer, ...how, 'STREAMS', stream, from);
    return ((reply as ReadReply)?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, fields }));
  }
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}
