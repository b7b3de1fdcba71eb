import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, type Holder } from './holder.js';

/** What a file says of its lease. */
export interface LeaseContent extends Holder {
  readonly ttlMs: number;
  /** When it ends unless it is renewed, by `monotonicMs`; null: it was given back. */
  readonly endsAt: number | null;
}

/** The last acquisition of a name. Without content its file cannot be read: the machine has crashed. */
export interface LastLease {
  readonly epoch: number;
  readonly content: LeaseContent | null;
}

/** Files of earlier epochs that are left: nobody looks for so long that all of them are taken in between. */
const KEPT = 8;

/** The files of one lease: each acquisition makes a new one, whose name has the epoch. The highest one counts. */
export class LeaseFiles {
  private readonly prefix: string;

  constructor(
    private readonly folder: string,
    name: string,
  ) {
    this.prefix = `${encodeURIComponent(name)}.`;
  }

  async last(): Promise<LastLease | null> {
    const epoch = Math.max(0, ...(await this.epochs()));
    if (epoch === 0) return null;
    try {
      return { epoch, content: JSON.parse(await readFile(this.pathOf(epoch), 'utf8')) as LeaseContent };
    } catch (error) {
      if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return { epoch, content: null };
      throw error;
    }
  }

  /** Makes the file of an epoch, whole. False where somebody else was first, or has gone further. */
  async take(epoch: number, content: LeaseContent): Promise<boolean> {
    await mkdir(this.folder, { recursive: true });
    const unfinished = this.unfinished();
    try {
      const file = await open(unfinished, 'wx');
      try {
        await file.writeFile(JSON.stringify(content));
        await file.sync();
      } finally {
        await file.close();
      }
      await link(unfinished, this.pathOf(epoch));
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.sync();
    // Whoever has slept since it looked may have taken the name of a file that was removed meanwhile.
    const epochs = await this.epochs();
    if (epochs.some((other) => other > epoch)) {
      await rm(this.pathOf(epoch), { force: true });
      return false;
    }
    const old = epochs.filter((other) => other <= epoch - KEPT);
    await Promise.all(old.map((other) => rm(this.pathOf(other), { force: true })));
    return true;
  }

  /** Puts another content in its place. It need not outlive a crash of the machine, which nobody's lease does. */
  async replace(epoch: number, content: LeaseContent): Promise<void> {
    const unfinished = this.unfinished();
    await writeFile(unfinished, JSON.stringify(content));
    await rename(unfinished, this.pathOf(epoch));
  }

  private async epochs(): Promise<number[]> {
    try {
      const names = await readdir(this.folder);
      return names
        .filter((name) => name.startsWith(this.prefix))
        .map((name) => name.slice(this.prefix.length))
        .filter((rest) => /^\d+$/.test(rest))
        .map(Number);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  private pathOf(epoch: number): string {
    return join(this.folder, `${this.prefix}${epoch}`);
  }

  private unfinished(): string {
    return join(this.folder, `unfinished.${randomUUID()}`);
  }

  /** Without this a crash of the machine may take the newest name back, and its epoch would be given again. */
  private async sync(): Promise<void> {
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
