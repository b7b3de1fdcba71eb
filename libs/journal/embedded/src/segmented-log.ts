import { rm } from 'node:fs/promises';
import type { Batch } from './batch.js';
import { asJournalError } from './failures.js';
import { SEGMENT_HEADER } from './layout.js';
import type { BatchSink } from './log-writer.js';
import type { Manifest, ManifestSegment, ManifestShard } from './manifest.js';
import { ActiveSegment, segmentPath } from './segment-file.js';
import { ShardLog } from './shard-log.js';

/** The segments of a store, one of them written to, and where in them the records of each shard are. */
export class SegmentedLog implements BatchSink {
  private readonly byName: Map<string, ShardLog>;

  private constructor(
    readonly folder: string,
    private readonly segmentBytes: number,
    private readonly manifest: Manifest,
    private readonly shards: ShardLog[],
    private active: ActiveSegment,
  ) {
    this.byName = new Map(shards.map((shard) => [shard.name, shard]));
  }

  /**
   * Goes on in a new segment behind those that were found, under the next epoch.
   *
   * @param shards of the manifest, by number
   * @param sealed the segments that were found, with their lengths
   */
  static async open(
    folder: string,
    segmentBytes: number,
    manifest: Manifest,
    shards: readonly ShardLog[],
    sealed: readonly ManifestSegment[],
  ): Promise<SegmentedLog> {
    const { epoch, nextSegment, storeId } = manifest.content;
    const active = await ActiveSegment.create(folder, {
      storeId,
      number: nextSegment,
      capacity: segmentBytes,
    });
    const log = new SegmentedLog(folder, segmentBytes, manifest, [...shards], active);
    try {
      const segments = [...sealed, { number: active.number, length: null }];
      await manifest.update({ epoch: epoch + 1, nextSegment: nextSegment + 1, segments });
      await log.dropForgotten();
      return log;
    } catch (error) {
      await active.close();
      throw error;
    }
  }

  get storeId(): string {
    return this.manifest.content.storeId;
  }

  get epoch(): number {
    return this.manifest.content.epoch;
  }

  /** Names of the shards that have a record. */
  written(): readonly string[] {
    return this.shards.filter(({ last }) => last > 0).map(({ name }) => name);
  }

  shard(name: string): ShardLog {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const shard = new ShardLog(name, this.shards.length, 0);
    this.shards.push(shard);
    this.byName.set(name, shard);
    return shard;
  }

  async write(batch: Batch): Promise<void> {
    try {
      // A number in the log means nothing before the manifest has its name.
      if (this.shards.length > this.manifest.content.shards.length) {
        await this.manifest.update({ shards: this.listed((_, floor) => floor) });
      }
      if (!this.active.hasRoomFor(batch.length)) await this.rotate(batch.length);
      const { number, position } = this.active;
      await this.active.write(batch.seal(position));
      batch.index(number, position);
    } catch (error) {
      throw asJournalError(error, `Writing ${segmentPath(this.folder, this.active.number)}`);
    }
  }

  /** Removes the segments all of whose records are forgotten. */
  async dropForgotten(): Promise<void> {
    const needed = new Set(this.shards.flatMap((shard) => shard.segments()));
    const { segments } = this.manifest.content;
    const dropped = segments.filter(({ length, number }) => length !== null && !needed.has(number));
    if (dropped.length === 0) return;
    await this.manifest.update({
      segments: segments.filter((segment) => !dropped.includes(segment)),
      shards: this.listed(({ forgotten }) => forgotten),
    });
    for (const { number } of dropped) await rm(segmentPath(this.folder, number), { force: true });
  }

  /** After it, the manifest knows how long every segment is. */
  async seal(): Promise<void> {
    await this.manifest.update({ segments: this.sealed() });
    if (this.active.isEmpty) await rm(segmentPath(this.folder, this.active.number));
    else await this.active.cut();
  }

  async close(): Promise<void> {
    await this.active.close();
  }

  private async rotate(batchLength: number): Promise<void> {
    const { nextSegment: number, storeId } = this.manifest.content;
    const capacity = Math.max(this.segmentBytes, SEGMENT_HEADER + batchLength);
    const full = this.active;
    const next = await ActiveSegment.create(this.folder, { storeId, number, capacity });
    const segments = [...this.sealed(), { number, length: null }];
    this.active = next;
    try {
      await this.manifest.update({ nextSegment: number + 1, segments });
      await full.cut();
    } finally {
      await full.close();
    }
  }

  private sealed(): readonly ManifestSegment[] {
    const { isEmpty, number, position } = this.active;
    const { segments } = this.manifest.content;
    const others = segments.filter((segment) => segment.number !== number);
    return isEmpty ? others : [...others, { number, length: position }];
  }

  private listed(floorOf: (shard: ShardLog, floor: number) => number): readonly ManifestShard[] {
    const { shards } = this.manifest.content;
    return this.shards.map((shard, at) => ({
      name: shard.name,
      floor: floorOf(shard, shards[at]?.floor ?? 0),
    }));
  }
}
