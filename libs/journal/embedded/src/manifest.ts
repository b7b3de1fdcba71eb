import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readWhole, writeWhole } from './durable-file.js';
import { hasCode } from './failures.js';

/** What a folder must hold: against it every file is checked, so that nothing that is missing goes unnoticed. */
export interface ManifestContent {
  /** 32 hex digits, in every file of the store: a file of another one is told by it. */
  readonly storeId: string;
  readonly epoch: number;
  /** The number of a shard in the log is its index here. */
  readonly shards: readonly ManifestShard[];
  /** In the order in which they were written. */
  readonly segments: readonly ManifestSegment[];
  /** The number of the segment that is written next; below it, what is not listed was forgotten. */
  readonly nextSegment: number;
}

export interface ManifestShard {
  readonly name: string;
  /** Records up to here may be gone with their segment: only a snapshot has them. */
  readonly floor: number;
}

export interface ManifestSegment {
  readonly number: number;
  /** Bytes up to the end of the last batch; null while it is written to. */
  readonly length: number | null;
}

export const MANIFEST = 'manifest';
export const MANIFEST_KIND = 'bowline-journal-manifest';

/** The manifest of a folder, which is replaced as a whole. */
export class Manifest {
  private saving: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly path: string,
    public content: ManifestContent,
  ) {}

  /** Null where the folder has none. */
  static async read(folder: string): Promise<Manifest | null> {
    const path = join(folder, MANIFEST);
    try {
      const body = await readWhole(path, MANIFEST_KIND);
      return new Manifest(path, JSON.parse(body.toString('utf8')) as ManifestContent);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null;
      throw error;
    }
  }

  static async create(folder: string): Promise<Manifest> {
    const storeId = randomUUID().replaceAll('-', '');
    return Manifest.write(folder, { storeId, epoch: 0, shards: [], segments: [], nextSegment: 1 });
  }

  /** Where the folder has none. */
  static async write(folder: string, content: ManifestContent): Promise<Manifest> {
    const manifest = new Manifest(join(folder, MANIFEST), content);
    await manifest.update({});
    return manifest;
  }

  /** Resolves once the change, and every one before it, is durable. Each content by itself describes the folder. */
  async update(change: Partial<ManifestContent>): Promise<void> {
    this.content = { ...this.content, ...change };
    const saved = this.saving.then(() =>
      writeWhole(this.path, MANIFEST_KIND, Buffer.from(JSON.stringify(this.content))),
    );
    // Who asked for a change hears that it failed; the next one is written whole, and does not depend on it.
    this.saving = saved.catch(() => undefined);
    return saved;
  }
}
