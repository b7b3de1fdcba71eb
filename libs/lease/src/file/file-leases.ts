import { LeaseError } from '@bowline/ports';
import { HeldLease } from '../held-lease.js';
import { hasEnded, ownHolder } from './holder.js';
import { LeaseFiles, type LastLease, type LeaseContent } from './lease-files.js';
import { monotonicMs } from '../monotonic.js';
import { WaitedLeases } from '../waited-leases.js';

export interface FileLeasesOptions {
  /** On a disk of this machine; made where it is not there. The same for all who share the leases. */
  readonly folder: string;
  /** How long a lease lasts that is not renewed any more; 15,000. It is renewed three times as often. */
  readonly ttlMs?: number;
  /** How often whoever waits looks whether it is free; 100. */
  readonly pollMs?: number;
  /** Told where a lease could not be renewed or given back; it is tried again. Absent: a warning of the process. */
  readonly onTrouble?: (error: Error) => void;
}

/** Leases between the processes of one machine, in files. One whose holder has ended is free at once. */
export class FileLeases extends WaitedLeases {
  private readonly settings: Required<FileLeasesOptions>;

  constructor(options: FileLeasesOptions) {
    const settings = { ttlMs: 15_000, pollMs: 100, onTrouble: warn, ...options };
    super(settings.pollMs);
    this.settings = settings;
  }

  protected attempt(name: string): () => Promise<HeldLease | null> {
    const files = new LeaseFiles(this.settings.folder, name);
    return () => this.take(name, files);
  }

  private async take(name: string, files: LeaseFiles): Promise<HeldLease | null> {
    const { folder, onTrouble, pollMs, ttlMs } = this.settings;
    try {
      // Before it looks: a renewal that it does not see then is not one that came before the end.
      const lookedAt = monotonicMs();
      const last = await files.last();
      const formerMs = await freeOf(last, lookedAt, ttlMs);
      if (formerMs === null) return null;
      const epoch = (last?.epoch ?? 0) + 1;
      const holder = await ownHolder();
      const contentUntil = (endsAt: number | null): LeaseContent => ({ ...holder, ttlMs, endsAt });
      const endsAt = monotonicMs() + ttlMs;
      if (!(await files.take(epoch, contentUntil(endsAt)))) return null;
      const lease = new HeldLease(name, epoch, formerMs, endsAt, {
        everyMs: ttlMs / 3,
        retryMs: pollMs,
        renew: async () => {
          const next = monotonicMs() + ttlMs;
          await files.replace(epoch, contentUntil(next));
          return next;
        },
        release: () => {
          this.forget(lease);
          return files.replace(epoch, contentUntil(null)).catch(onTrouble);
        },
        onTrouble,
      });
      return this.keep(lease);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LeaseError(
        'failed',
        `the leases in ${folder} cannot be used: ${reason}. Check the folder, the disk and the rights.`,
        { cause: error },
      );
    }
  }
}

/** What a lease leaves to whoever takes it (`Lease.formerMs`); null: it is held. */
async function freeOf(last: LastLease | null, now: number, ttlMs: number): Promise<number | null> {
  if (last === null) return 0;
  const { content } = last;
  if (content === null) return ttlMs;
  const { endsAt } = content;
  if (endsAt === null) return 0;
  if (await hasEnded(content)) return 0;
  // The clock begins anew with each boot: nothing of this one lasts longer than it was taken for.
  return endsAt <= now || endsAt - now > content.ttlMs ? content.ttlMs : null;
}

function warn(error: Error): void {
  process.emitWarning(`lease: ${error.message}`, 'LeaseWarning');
}
