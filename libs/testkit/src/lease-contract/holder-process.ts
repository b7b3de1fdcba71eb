import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How a process of its own opens the leases under test. */
export interface LeaseModule {
  /** The built module, which has `className`. */
  readonly path: string;
  readonly className: string;
  /** What its constructor takes. */
  readonly options: object;
}

/** What the process did, and when by the clock that all processes of a machine share. */
interface Act {
  readonly did: 'held' | 'acted' | 'refrained';
  readonly epoch: number;
  readonly atMs: number;
}

/** A process that takes a lease, and then acts every few milliseconds as long as it believes to have it. */
export class HolderProcess {
  private readonly acts: Act[] = [];
  private problems = '';
  private changed: () => void = () => undefined;
  private readonly process: ChildProcessByStdio<null, Readable, Readable>;
  private readonly ended: Promise<unknown>;

  private constructor({ className, options, path }: LeaseModule, name: string) {
    if (!existsSync(path)) throw new Error(`${path} is not built: npm run build`);
    const args = ['--input-type=module', '-e', PROGRAM, path, className, JSON.stringify(options), name];
    this.process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = once(this.process, 'close');
    this.process.stderr.on('data', (text: Buffer) => (this.problems += text.toString()));
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      this.acts.push(JSON.parse(line) as Act);
      this.changed();
    });
  }

  /** Resolves once it has the lease. */
  static async start(module: LeaseModule, name: string): Promise<HolderProcess> {
    const holder = new HolderProcess(module, name);
    await holder.until('acted');
    return holder;
  }

  get epoch(): number {
    return this.acts[0]!.epoch;
  }

  stop(): void {
    this.process.kill('SIGSTOP');
  }

  goOn(): void {
    this.process.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** When it last acted, by `process.hrtime()`. */
  lastActMs(): number {
    return Math.max(...this.acts.filter(({ did }) => did === 'acted').map(({ atMs }) => atMs));
  }

  async until(did: Act['did']): Promise<void> {
    const done = this.ended.then(() => {
      throw new Error(`the holder has ended: ${this.problems}`);
    });
    while (!this.acts.some((act) => act.did === did)) {
      const change = new Promise<void>((resolve) => {
        this.changed = resolve;
      });
      await Promise.race([change, done]);
    }
    done.catch(() => undefined);
  }
}

/** What is about to be done is stamped before the lease is asked, as an act may take place any time after its stamp. */
const PROGRAM = `
import { writeSync } from 'node:fs';
const [, path, className, options, name] = process.argv;
const { [className]: Leases } = await import(path);
const leases = new Leases({ ...JSON.parse(options), onTrouble: () => undefined });
const lease = await leases.acquire(name);
const say = (did, atMs) => writeSync(1, JSON.stringify({ did, epoch: lease.epoch, atMs }) + '\\n');
say('held', 0);
const timer = setInterval(() => {
  const [seconds, nanoseconds] = process.hrtime();
  const has = lease.remainingMs() > 0;
  say(has ? 'acted' : 'refrained', seconds * 1000 + nanoseconds / 1e6);
  if (!has) clearInterval(timer);
}, 5);
`;
