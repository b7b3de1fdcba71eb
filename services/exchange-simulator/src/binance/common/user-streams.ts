import type { TimeMs } from '@bowline/domain';
import type { Clock } from '@bowline/ports';
import type { WebSocket } from 'ws';

/** An event of an account, as it goes over the line. */
export type UserEvent = { readonly e: string; readonly E: TimeMs } & Readonly<Record<string, unknown>>;

/** What goes wrong with events by order. */
export interface EventFaults {
  isDoubled(account: string): boolean;
  /** The next event of the account waits, and comes behind the one after it. */
  isHeldBack(account: string): boolean;
}

interface Listener {
  readonly socket: WebSocket;
  readonly key: string;
  /** How an event, written as JSON, goes over the line. */
  readonly wrap: (event: string) => string;
}

/** Bytes of events that somebody may leave unread, before the line is broken off. */
const MOST_UNREAD = 16 << 20;

/** The user streams of an exchange: every line of an account hears all of its events, in their order. */
export class UserStreams {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly lastArrival = new Map<string, TimeMs>();
  private readonly heldBack = new Map<string, UserEvent>();

  constructor(
    private readonly clock: Clock,
    private readonly faults: EventFaults,
    private readonly travelMs: (message: string) => number,
  ) {}

  /** @param isCombined events come wrapped: `{"stream":KEY,"data":EVENT}` */
  join(account: string, key: string, socket: WebSocket, isCombined: boolean): void {
    const stream = JSON.stringify(key);
    const wrap = (event: string): string => (isCombined ? `{"stream":${stream},"data":${event}}` : event);
    this.listen(account, { socket, key, wrap });
  }

  /** Of a line of requests, which subscribes without a key: `{"subscriptionId":0,"event":EVENT}`. */
  subscribe(account: string, subscriptionId: number, socket: WebSocket): void {
    const wrap = (event: string): string => `{"subscriptionId":${subscriptionId},"event":${event}}`;
    this.listen(account, { socket, key: subscriptionKey(subscriptionId), wrap });
  }

  /** The line does not hear of the subscription any more. */
  unsubscribe(subscriptionId: number, socket: WebSocket): void {
    this.leave(subscriptionKey(subscriptionId), socket);
  }

  private listen(account: string, listener: Listener): void {
    const listeners = this.listeners.get(account) ?? new Set<Listener>();
    this.listeners.set(account, listeners);
    listeners.add(listener);
    listener.socket.on('close', () => listeners.delete(listener));
  }

  /** The line does not hear of this key any more. */
  leave(key: string, socket: WebSocket): void {
    for (const listeners of this.listeners.values())
      for (const listener of listeners)
        if (listener.key === key && listener.socket === socket) listeners.delete(listener);
  }

  /** Who is on the line. */
  connections(account: string): number {
    return this.listeners.get(account)?.size ?? 0;
  }

  /** Sends an event on its way. */
  tell(account: string, event: UserEvent): void {
    const held = this.heldBack.get(account);
    this.heldBack.delete(account);
    if (held === undefined && this.faults.isHeldBack(account)) {
      this.heldBack.set(account, event);
      return;
    }
    this.send(account, event);
    if (held !== undefined) this.send(account, held);
  }

  private send(account: string, event: UserEvent): void {
    const copies = this.faults.isDoubled(account) ? 2 : 1;
    const now = this.clock.now();
    const due = now + this.travelMs(`${account} ${event.e} ${event.E}`);
    const at = Math.max(due, this.lastArrival.get(account) ?? due);
    this.lastArrival.set(account, at);
    this.clock.callAt(at, () => {
      for (let copy = 0; copy < copies; copy += 1) this.deliver(account, event);
    });
  }

  private deliver(account: string, event: UserEvent): void {
    const text = JSON.stringify(event);
    for (const { socket, wrap } of this.listeners.get(account) ?? []) {
      socket.send(wrap(text));
      if (socket.bufferedAmount > MOST_UNREAD) socket.terminate();
    }
  }

  /** Breaks the account's lines off: what is on its way to them is lost. */
  cut(account: string): void {
    for (const { socket } of [...(this.listeners.get(account) ?? [])]) socket.terminate();
  }

  /** Hangs up on everybody. */
  close(): void {
    for (const account of this.listeners.keys()) this.cut(account);
  }
}

function subscriptionKey(subscriptionId: number): string {
  return `subscription ${subscriptionId}`;
}
