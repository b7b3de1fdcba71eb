import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.js';

/** A redis-server of a suite's own: on a free port, in a folder of its own, with an append-only file and no snapshots. */
export class RedisServer {
  private process: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bowline-redis-'));

  private constructor(
    private readonly program: string,
    readonly port: number,
    private readonly appendfsync: 'everysec' | 'always',
  ) {}

  /**
   * @param program the path of redis-server, as `findProgram('redis-server')` gives it
   * @param appendfsync `always`: `kill` takes nothing that was confirmed. With `everysec` it may: while the file is
   *   flushed, Redis confirms what it has not written yet
   */
  static async start(program: string, appendfsync: 'everysec' | 'always' = 'everysec'): Promise<RedisServer> {
    const server = new RedisServer(program, await freePort(), appendfsync);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after `kill`, with what it has in its file. Resolves once it answers. */
  async resume(): Promise<void> {
    const options = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.folder];
    const durability = ['--save', '', '--appendonly', 'yes', '--appendfsync', this.appendfsync];
    const server = spawn(this.program, [...options, ...durability].map(String), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = server;
    const said: string[] = [];
    for await (const line of createInterface({ input: server.stdout })) {
      said.push(line);
      if (line.includes('Ready to accept connections')) {
        // Nobody reads on, and a full pipe would hold the server up.
        server.stdout.resume();
        return;
      }
    }
    throw new Error(`redis-server has ended before it was ready:\n${said.join('\n')}`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const { process: server } = this;
    if (server === null) return;
    this.process = null;
    const ended = server.exitCode === null && server.signalCode === null ? once(server, 'exit') : null;
    server.kill('SIGKILL');
    await ended;
  }

  /** Ends it, and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
