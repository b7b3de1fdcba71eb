/** What people read when something has gone wrong. What is counted or kept goes elsewhere. */
export interface Logger {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

/** What the message is about, by name: `{ channel: 'ikenna.binance-usdm.BTCUSDT', error }`. Errors and bigints may be among it. */
export type LogFields = Readonly<Record<string, unknown>>;
