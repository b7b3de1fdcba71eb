import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBowline } from '@bowline/testkit';
import type { SignalsAccepted, StatusResponse } from '@bowline/contracts';

/** A desk of `bowline start` in a process of its own. */
export class DeskProcess {
  /** Resolves once it listens; rejects where it has ended before. */
  readonly url: Promise<string>;
  private said = '';
  private readonly dead: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    this.dead = once(child, 'close');
    this.url = new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.said += chunk.toString();
        const url = /http:\/\/127\.0\.0\.1:\d+/.exec(this.said)?.[0];
        if (url !== undefined) resolve(url);
      };
      child.stdout!.on('data', read);
      child.stderr!.on('data', read);
      this.dead.then(() => reject(new Error(`the desk has ended: ${this.said}`)), reject);
    });
    // Who kills it does not wait for it.
    this.url.catch(() => undefined);
  }

  static start(dir: string, resume: boolean): DeskProcess {
    const args = ['start', '--dir', dir, '--speed', '100000', '--port', '0'];
    return new DeskProcess(startBowline(resume ? [...args, '--resume'] : args));
  }

  /** What went wrong in its own eyes. */
  get complaints(): readonly string[] {
    return this.said.split('\n').filter((line) => /"level":"(error|fatal)"|^error:/.test(line));
  }

  /** Tells it to end. */
  stop(): void {
    this.child.kill('SIGTERM');
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.dead;
  }
}

export interface SentSignal {
  readonly id: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly signal: 1 | 0 | -1;
}

/** Whoever sends signals by HTTP: notes which were answered for, and sends again those that were not. */
export class SignalSender {
  /** By id, with the clients that it went to. */
  readonly answered = new Map<string, { readonly sent: SentSignal; readonly clients: readonly string[] }>();
  private readonly unanswered = new Map<string, SentSignal>();

  constructor(private readonly next: () => SentSignal) {}

  /** Sends one signal after the other until the desk is gone. */
  async sendTo(url: string): Promise<void> {
    for (const signal of [...this.unanswered.values()]) if (!(await this.send(url, signal))) return;
    for (;;) {
      if (!(await this.send(url, this.next()))) return;
      await sleep(10);
    }
  }

  /** False where nobody is there any more. */
  private async send(url: string, sent: SentSignal): Promise<boolean> {
    this.unanswered.set(sent.id, sent);
    const response = await post(url, 'signals', sent);
    if (response === null) return false;
    if (response.status === 429 || response.status === 503) return true;
    if (response.status !== 202) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
    this.unanswered.delete(sent.id);
    const { accepted } = response.body as SignalsAccepted;
    this.answered.set(sent.id, { sent, clients: accepted[0].clients });
    return true;
  }
}

/** Gives the desk a command, which has to be taken. Null: nobody was there. */
export async function command(url: string, body: Readonly<Record<string, unknown>>): Promise<boolean> {
  const response = await post(url, 'control', { by: 'spec', reason: 'kill test', ...body });
  if (response !== null && response.status !== 202) throw new Error(JSON.stringify(response.body));
  return response !== null;
}

export async function status(url: string): Promise<StatusResponse> {
  return (await (await fetch(`${url}/v1/status`)).json()) as StatusResponse;
}

async function post(
  url: string,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown } | null> {
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  } catch {
    // The connection was refused, or it broke before the answer had come whole.
    return null;
  }
}
