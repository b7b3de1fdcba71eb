/** How the journals of a folder are kept. */
export interface EmbeddedJournalOptions {
  /**
   * Bytes that a segment of the log is laid out with, 64 MiB by default; at least 4 KiB, at most 1 GiB. Space is
   * taken on the disk as it is written. What can be forgotten is given back a whole segment at a time.
   */
  readonly segmentBytes?: number;
  /** The folder has to hold journals already: a missing or empty one is an error rather than a new store. */
  readonly mustExist?: boolean;
  /** Hears of what a crash has left and was dropped; `process.emitWarning` where nobody listens. */
  readonly onWarning?: (message: string) => void;
}

export type Settings = Required<EmbeddedJournalOptions>;

const MEBIBYTE = 1024 * 1024;

export function settingsOf({
  mustExist = false,
  onWarning = (message) => process.emitWarning(message),
  segmentBytes = 64 * MEBIBYTE,
}: EmbeddedJournalOptions): Settings {
  if (!Number.isInteger(segmentBytes) || segmentBytes < 4096 || segmentBytes > 1024 * MEBIBYTE) {
    throw new RangeError(
      `segmentBytes is ${segmentBytes}: it must be a whole number from 4096 to 1073741824`,
    );
  }
  return { mustExist, onWarning, segmentBytes };
}
