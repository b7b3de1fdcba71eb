import type { LogFields, Logger } from '@bowline/ports';

/** A log that is kept, to be looked at. */
export class KeptLog implements Logger {
  readonly lines: { readonly level: string; readonly fields: LogFields; readonly message: string }[] = [];

  info(fields: LogFields, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: LogFields, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  /** All of it, as it would be written. */
  get text(): string {
    const plain = (_: string, value: unknown): unknown =>
      value instanceof Error
        ? `${value.message} ${value.stack}`
        : typeof value === 'bigint'
          ? String(value)
          : value;
    return JSON.stringify(this.lines, plain);
  }
}
