import type { IngestConfig } from '@bowline/contracts';
import type { Bus, Logger } from '@bowline/ports';
import { SignalFiles } from './files/signal-files.js';
import type { SignalIngest } from './signal-ingest.js';
import { SignalSubscriptions } from './subscriptions/signal-subscriptions.js';

export interface SignalSourcesOptions {
  readonly config: Pick<IngestConfig, 'files' | 'subscriptions'>;
  /** Where it keeps how far its files were read. */
  readonly folder: string;
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>;
  /** Without a limit of signals a second: who reads a file is behind, and does not flood. */
  readonly ingest: Pick<SignalIngest, 'receive'>;
  readonly logger: Logger;
}

/** Where a desk gets signals from besides HTTP: files that grow, and topics of the bus. */
export class SignalSources {
  private constructor(
    private readonly files: SignalFiles,
    private readonly subscriptions: SignalSubscriptions,
  ) {}

  /**
   * Begins to take them in: whoever they go to has to be there.
   *
   * @throws InputError where nobody can tell how far a file was read
   */
  static async open({ bus, config, folder, ingest, logger }: SignalSourcesOptions): Promise<SignalSources> {
    const { files, subscriptions } = config;
    const followed = await SignalFiles.open({ files, folder, ingest, logger });
    return new SignalSources(followed, new SignalSubscriptions({ subscriptions, bus, ingest, logger }));
  }

  /** Why something of it is not read; null where all is. */
  get trouble(): string | null {
    const [first] = this.files.troubles;
    return first === undefined ? null : `${first[0]}: ${first[1].message}`;
  }

  /** Takes nothing more, and resolves once what is in hand is in. */
  async close(): Promise<void> {
    await Promise.all([this.files.close(), this.subscriptions.close()]);
  }
}
