import { Batches } from './batches.js';
import type { Retries } from './batches.js';
import type { Connection } from './connection.js';
import { unansweredError, unreadError } from './errors.js';
import { FIRST } from './stream-id.js';
import type { StreamId } from './stream-id.js';

/** The most messages that go out as one command, which the server carries out without doing anything else. */
const MAX_BATCH = 256;

interface Outgoing {
  readonly values: readonly string[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface TopicWriterOptions {
  readonly connection: Connection;
  readonly topic: string;
  readonly stream: string;
  /** The groups that the topic must have. */
  readonly groups: () => readonly string[];
  /** Whether it may be without any; then nothing is sent. */
  readonly unread: () => boolean;
  readonly retries: Retries;
  /** Redis has confirmed something. */
  readonly onProgress: () => void;
}

/**
 * The gate of one topic: nothing goes out before what stood before it is confirmed, or goes out with it in one command
 * that stops at the first entry which the server refuses. What was not confirmed goes out again, in the old order and
 * under the old ids, whether it had arrived or not: readers may see messages twice, but none of them too early.
 */
export class TopicWriter {
  /** The last entry that was confirmed. */
  lastId: StreamId = FIRST;
  private declared = false;
  private readonly batches: Batches<Outgoing>;

  constructor(private readonly options: TopicWriterOptions) {
    this.batches = new Batches({
      ...options.retries,
      max: MAX_BATCH,
      send: (batch) => this.send(batch),
      done: (batch) => {
        for (const { resolve } of batch) resolve();
        options.onProgress();
      },
    });
  }

  /** Messages that are not confirmed. */
  get size(): number {
    return this.batches.size;
  }

  /** @param values of the entry's fields */
  publish(values: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.batches.add({ values, resolve, reject });
    });
  }

  /** Gives up what is not confirmed. */
  stop(): void {
    for (const { reject } of this.batches.stop()) reject(unansweredError(this.options.topic));
  }

  private async send(batch: readonly Outgoing[]): Promise<void> {
    const { connection, groups, stream, topic, unread } = this.options;
    this.declared ||= (await connection.busDeclare(stream, ...groups())) > 0;
    if (this.declared) {
      this.lastId = await connection.busPublish(stream, ...batch.flatMap(({ values }) => values));
    } else if (!unread()) {
      for (const { reject } of batch) reject(unreadError(topic));
    }
  }
}
