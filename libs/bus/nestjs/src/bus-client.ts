import type { Bus, BusMessage } from '@bowline/ports';
import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';

/**
 * Publishes on a bus as Nest applications do: `client.emit(message.topic, message)`. The observable completes once the bus
 * has confirmed the message, and fails where it refuses it; the message goes out whether or not anybody subscribes, and a
 * failure that nobody has subscribed for is lost, so await it (`lastValueFrom`). There are no answers on a bus: `send` fails.
 */
export class BusClient extends ClientProxy {
  constructor(private readonly bus: Bus) {
    super();
  }

  /** A bus connects by itself. */
  connect(): Promise<void> {
    return Promise.resolve();
  }

  /** The bus belongs to whoever made it. */
  close(): void {
    // Nothing is held here.
  }

  unwrap<T = Bus>(): T {
    return this.bus as T;
  }

  protected override publish(_packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    callback({ err: new Error('a bus carries no answers: use emit, and subscribe to what is said of it') });
    return () => undefined;
  }

  protected override async dispatchEvent<T = unknown>({ data, pattern }: ReadPacket<BusMessage>): Promise<T> {
    if (pattern !== data.topic) {
      throw new Error(`message ${data.id} is of topic ${data.topic}, and was emitted as ${String(pattern)}`);
    }
    await this.bus.publish(data);
    return undefined as T;
  }
}
