import { accountKey, channelKey, shardName, type ChannelName, type RoleName } from '@bowline/contracts';

/** What a shard takes of a topic: from whom, and about whom. The topic says so too, and cannot keep anybody from it. */
export interface OwnMessages<Body> {
  /** Who may send it, by the key of the message; null: anybody. */
  readonly sender: ((key: string) => string) | null;
  readonly about: (body: Body) => About;
}

export interface About {
  /** What the key of the message has to be. */
  readonly key: string;
  /** Whether that is the shard's. */
  readonly isOwn: boolean;
}

/** Messages about one channel, from its own order-generator, oco-manager, or execution-gateway. */
export function ofChannel(own: ChannelName, from: RoleName): OwnMessages<{ readonly channel: ChannelName }> {
  const sender = shardName(from, from === 'order-generator' ? own.clientId : accountKey(own));
  return { sender: () => sender, about: ({ channel }) => aboutChannel(channel, own) };
}

/** Messages about any channel of a client, or of one account of it, each from that channel's oco-manager. */
export function ofChannels(
  own: Pick<ChannelName, 'clientId'> & Partial<ChannelName>,
): OwnMessages<{ readonly channel: ChannelName }> {
  return {
    sender: (key) => shardName('oco-manager', key),
    about: ({ channel }) => aboutChannel(channel, own),
  };
}

/** Commands to a client, from anybody. */
export function ofClient(own: string): OwnMessages<{ readonly clientId: string }> {
  return { sender: null, about: ({ clientId }) => ({ key: clientId, isOwn: clientId === own }) };
}

/** Messages to a client that name none: only their key says whose they are. */
export function toClient(own: string): OwnMessages<unknown> {
  return { sender: null, about: () => ({ key: own, isOwn: true }) };
}

function aboutChannel(channel: ChannelName, own: Partial<ChannelName>): About {
  const { clientId, exchange, symbol } = own;
  const isOwn =
    channel.clientId === clientId &&
    (exchange === undefined || channel.exchange === exchange) &&
    (symbol === undefined || channel.symbol === symbol);
  return { key: channelKey(channel), isOwn };
}
