import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.js';
import { findProgram } from './programs.js';

/** What `whenPresent` says that a suite needs. */
export const PUBSUB_EMULATOR = "the Pub/Sub emulator of Google's Cloud SDK and Java, or PUBSUB_EMULATOR_HOST";

/** An emulator that runs elsewhere, or one that can be started. */
export type PubSubEmulatorPlace = { readonly host: string } | { readonly java: string; readonly jar: string };

/**
 * Looks for an emulator of Google Pub/Sub: `PUBSUB_EMULATOR_HOST`, or the one that comes with the Cloud SDK whose
 * `gcloud` is on the PATH. Null: there is none.
 */
export function pubsubEmulator(): PubSubEmulatorPlace | null {
  const host = process.env['PUBSUB_EMULATOR_HOST'];
  if (host !== undefined && host !== '') return { host };
  const java = findProgram('java');
  const gcloud = findProgram('gcloud');
  if (java === null || gcloud === null) return null;
  const folder = join(dirname(dirname(realpathSync(gcloud))), 'platform', 'pubsub-emulator', 'lib');
  const jar = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.jar')) : undefined;
  return jar === undefined ? null : { java, jar: join(folder, jar) };
}

/** Ends the command with the process that has started it, even where that is killed. */
const UNTIL_INPUT_ENDS = '"$@" & command=$!; exec 2>/dev/null; cat >/dev/null; kill -9 $command';

/** An emulator of a suite's own, on a free port; or one that is shared with whoever else uses it. */
export class PubSubEmulator {
  private readonly marks: { readonly subscription: string; readonly snapshot: string }[] = [];

  private constructor(
    private readonly process: ChildProcess | null,
    /** `127.0.0.1:8085`. */
    readonly host: string,
    /** Of this suite: what others do in the same emulator stays apart. */
    readonly projectId: string,
  ) {}

  static async start(place: PubSubEmulatorPlace): Promise<PubSubEmulator> {
    const projectId = `bowline-${process.pid}-${Date.now()}`;
    if ('host' in place) return new PubSubEmulator(null, place.host, projectId);
    const port = await freePort();
    const options = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-jar', place.jar];
    const command = [place.java, ...options, '--host=127.0.0.1', `--port=${port}`];
    const emulator = spawn('sh', ['-c', UNTIL_INPUT_ENDS, 'sh', ...command], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    for await (const line of createInterface({ input: emulator.stderr })) {
      said.push(line);
      if (line.includes('Server started')) {
        // Nobody reads on, and a full pipe would hold it up.
        emulator.stderr.resume();
        return new PubSubEmulator(emulator, `127.0.0.1:${port}`, projectId);
      }
    }
    emulator.stdin.end();
    throw new Error(`the Pub/Sub emulator has ended before it was ready:\n${said.join('\n')}`);
  }

  get port(): number {
    return Number(this.host.split(':')[1]);
  }

  /** Ends it, with what it holds. */
  /** Keeps where every subscription stands: `rewind` goes back there. */
  async mark(): Promise<void> {
    const { subscriptions = [] } = (await this.ask('GET', 'subscriptions')) as {
      readonly subscriptions?: readonly { readonly name: string }[];
    };
    for (const { name: subscription } of subscriptions) {
      const snapshot = `marked-${this.marks.length}`;
      await this.ask('PUT', `snapshots/${snapshot}`, { subscription });
      this.marks.push({ subscription, snapshot: `projects/${this.projectId}/snapshots/${snapshot}` });
    }
  }

  /** Brings everything again that was published since `mark`, acknowledged or not, as an operator's seek does. */
  async rewind(): Promise<void> {
    for (const { snapshot, subscription } of this.marks) {
      const name = subscription.slice(subscription.lastIndexOf('/') + 1);
      await this.ask('POST', `subscriptions/${encodeURIComponent(name)}:seek`, { snapshot });
    }
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`http://${this.host}/v1/projects/${this.projectId}/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the emulator answers ${method} ${path} with ${await response.text()}`);
    return response.json();
  }

  async stop(): Promise<void> {
    const { process: emulator } = this;
    if (emulator === null) return;
    const ended = emulator.exitCode === null && emulator.signalCode === null ? once(emulator, 'exit') : null;
    emulator.stdin?.end();
    await ended;
  }
}
