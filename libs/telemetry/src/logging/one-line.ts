/** A line of the log for a terminal: `12:00:00.123 WARN  oco-manager: message channel=... quantity=3`. */
export function oneLine(json: string): string {
  const { level, time, role, msg, ...fields } = JSON.parse(json) as LogLine;
  const head = `${time.slice('2025-01-01T'.length, -1)} ${level.toUpperCase().padEnd(5)} ${role}: ${printable(msg)}`;
  return (
    [head, ...Object.entries(fields).map(([name, value]) => `${printable(name)}=${textOf(value)}`)].join(
      ' ',
    ) + '\n'
  );
}

interface LogLine {
  readonly level: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly role: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

function textOf(value: unknown): string {
  const plain = typeof value === 'string' && /^[^\s"=]+$/.test(value);
  return printable(plain ? value : JSON.stringify(value));
}

/** Without line breaks, and without anything that a terminal would act on. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
