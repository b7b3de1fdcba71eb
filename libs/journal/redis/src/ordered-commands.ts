import { JournalError } from '@bowline/ports';
import type { Redis } from 'ioredis';
import { connect, leave, whenReady } from './connection.js';
import { asError, asJournalError, isWorthRepeating } from './failures.js';
import { SCRIPTS } from './scripts.js';

/** What is to be done in Redis. It may be sent more than once, and has to have its effect once. */
export interface Command {
  send(connection: Redis): Promise<void>;
  done(): void;
  failed(error: JournalError): void;
}

export interface OrderedCommandsOptions {
  readonly url: string;
  readonly connectionName: string;
  /** For messages: where the URL leads. */
  readonly place: string;
  readonly timeoutMs: number;
  readonly giveUpAfterMs: number;
}

/** Commands that may be on their way at once. While they are, what is to be appended is gathered for the next one. */
const WINDOW = 4;

interface Sent {
  readonly command: Command;
  /** Null: it was answered. */
  reply: Promise<Error | null>;
}

/**
 * Commands that Redis carries out in their order, over one connection after the other. When an answer is lost, nobody
 * knows whether the command was carried out: it is sent again, with all that came after it and in the same order, until
 * there is an answer or the time for it is over. Then, and when the server refuses, no command is taken any more.
 */
export class OrderedCommands {
  failure: JournalError | null = null;
  private readonly connection: Redis;
  private readonly waiting: Command[] = [];
  private sent: Sent[] = [];
  private isUp = false;
  private working: Promise<void> | null = null;
  /** When the last answer was missed that nothing has been heard since; null: all is well. */
  private silentSince: number | null = null;

  constructor(private readonly options: OrderedCommandsOptions) {
    this.connection = connect(options.url, options.connectionName, options.timeoutMs);
  }

  /** What is added in the same turn goes out together. */
  add(command: Command): void {
    if (this.failure !== null) return command.failed(this.failure);
    this.waiting.push(command);
    if (this.working === null) this.working = Promise.resolve().then(() => this.work());
    else if (this.isUp) queueMicrotask(() => this.fill());
  }

  /** The same as a promise, for a command that has an answer. */
  ask<T>(send: (connection: Redis) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: T;
      this.add({
        async send(connection) {
          answer = await send(connection);
        },
        done: () => resolve(answer),
        failed: reject,
      });
    });
  }

  /** Resolves once everything was answered, or is not waited for any more. */
  async whenIdle(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  disconnect(): void {
    this.connection.disconnect();
  }

  private async work(): Promise<void> {
    if (!this.isUp) this.isUp = await this.reached();
    this.fill();
    for (let first = this.sent[0]; first !== undefined; first = this.sent[0]) {
      const error = await first.reply;
      if (error === null) {
        this.silentSince = null;
        this.sent.shift();
        first.command.done();
      } else if (isWorthRepeating(error)) {
        await this.sendAgain();
      } else {
        this.fail(asJournalError(error, this.options.place));
      }
      this.fill();
    }
    this.working = null;
  }

  private fill(): void {
    while (this.isUp && this.sent.length < WINDOW && this.waiting.length > 0) {
      const command = this.waiting.shift()!;
      this.sent.push({ command, reply: this.send(command) });
    }
  }

  private async sendAgain(): Promise<void> {
    this.isUp = false;
    // A connection that is still there has broken without knowing it, or leads to a server that cannot do it now. Once it
    // is gone, so is every answer that might still have come over it.
    await leave(this.connection);
    if (!(await this.reached())) return;
    for (const sent of this.sent) sent.reply = this.send(sent.command);
    // Only now: whatever is added meanwhile goes behind.
    this.isUp = true;
  }

  private async send(command: Command): Promise<Error | null> {
    try {
      await command.send(this.connection);
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  /** Waits until commands can be sent, and the server knows their scripts; false: all of it has failed. */
  private async reached(): Promise<boolean> {
    const { giveUpAfterMs, place } = this.options;
    this.silentSince ??= performance.now();
    for (;;) {
      const left = this.silentSince + giveUpAfterMs - performance.now();
      if (left <= 0 || !(await whenReady(this.connection, left))) break;
      const error = await this.loadScripts();
      if (error === null) return true;
      if (!isWorthRepeating(error)) return this.fail(asJournalError(error, place));
      await leave(this.connection);
    }
    const silence = `${place} has not answered for ${giveUpAfterMs} ms`;
    return this.fail(
      new JournalError('failed', `${silence}. Whether it has what was on its way, the next start finds out.`),
    );
  }

  private async loadScripts(): Promise<Error | null> {
    try {
      await Promise.all(Object.values(SCRIPTS).map(({ lua }) => this.connection.script('LOAD', lua)));
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  private fail(failure: JournalError): false {
    this.failure = failure;
    const refused = [...this.sent.map(({ command }) => command), ...this.waiting];
    this.sent = [];
    this.waiting.length = 0;
    for (const command of refused) command.failed(failure);
    return false;
  }
}
