import { jsonOrNull } from '../cli/json-or-null.js';
import type { Terminal } from '../cli/terminal.js';
import { REDIS } from './processes.js';
import type { SupervisorEvents } from './supervisor.js';

/** What the processes of a desk say, each line with its process's name before it. */
export class UpLog implements SupervisorEvents {
  private readonly width: number;

  constructor(
    private readonly terminal: Terminal,
    processes: readonly { readonly name: string }[],
  ) {
    this.width = Math.max(...processes.map(({ name }) => name.length));
  }

  line(name: string, text: string): void {
    const said = parsed(text);
    // A server's own chatter is of no use to a desk's user.
    if (name !== REDIS) this.say(name, said === null ? text : readable(said));
  }

  started(name: string, pid: number): void {
    this.say(name, `started as process ${pid}`);
  }

  ended(name: string, how: string, restartInMs: number | null): void {
    this.say(name, `ended (${how})${restartInMs === null ? '' : `; starts again in ${restartInMs} ms`}`);
  }

  private say(name: string, text: string): void {
    this.terminal.note(`${name.padEnd(this.width)} | ${text}`);
  }
}

const LEVELS: Readonly<Record<number, string>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
/** In every line of a process. */
const COMMON = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'role', 'version', 'v']);

function readable(said: Readonly<Record<string, unknown>>): string {
  const { level, msg } = said;
  const rest = Object.entries(said)
    .filter(([key]) => !COMMON.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const named = LEVELS[Number(level)] ?? String(level);
  return [named.padEnd(5), String(msg), ...rest].join(' ');
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  return text.startsWith('{') ? (jsonOrNull(text) as Record<string, unknown> | null) : null;
}
