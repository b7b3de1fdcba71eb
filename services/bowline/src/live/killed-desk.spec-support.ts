import { setTimeout as sleep } from 'node:timers/promises';
import type { SignalsAccepted, StatusResponse } from '@bowline/contracts';

export interface SentSignal {
  readonly id: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly signal: 1 | 0 | -1;
}

/** Between two signals: with fewer the desk has time for its markets, which wait until it is quiet. */
const PAUSE_MS = 20;

/** Whoever sends signals by HTTP: notes which were answered for, and sends again those that were not. */
export class SignalSender {
  /** By id, with the clients that it went to. */
  readonly answered = new Map<string, { readonly sent: SentSignal; readonly clients: readonly string[] }>();
  private readonly unanswered = new Map<string, SentSignal>();

  constructor(private readonly next: () => SentSignal) {}

  /** Sends one signal after the other until the desk is gone, or nobody wants any more. */
  async sendTo(url: string, until: AbortSignal | null = null): Promise<void> {
    for (const signal of [...this.unanswered.values()]) if (!(await this.send(url, signal))) return;
    while (until?.aborted !== true) {
      if (!(await this.send(url, this.next()))) return;
      await sleep(PAUSE_MS);
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

/** Gives the desk a command, which has to be well formed. False where nobody was there. */
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
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    // The connection was refused, or it broke before the answer had come whole.
    return null;
  }
}
