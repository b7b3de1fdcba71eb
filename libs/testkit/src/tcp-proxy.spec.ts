import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TcpProxy } from './tcp-proxy.js';

describe('a proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  let serverSide: Promise<Socket>;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    serverSide = once(server, 'connection').then(([socket]: Socket[]) => socket!);
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.close();
    server.close();
  });

  async function joined(): Promise<{ readonly client: Socket; readonly peer: Socket }> {
    const client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.write('hello');
    const peer = await serverSide;
    expect(await said(peer)).toBe('hello');
    return { client, peer };
  }

  it('passes on what either side says', async () => {
    const { client, peer } = await joined();
    peer.write('and hello');
    expect(await said(client)).toBe('and hello');
  });

  it('holds back what one side says, while the other is heard, and lets it go in order', async () => {
    const { client, peer } = await joined();
    proxy.hold({ replies: true });
    peer.write('first ');
    client.write('a question');
    expect(await said(peer)).toBe('a question');
    peer.write('second');
    proxy.release();
    let heard = '';
    while (heard !== 'first second') heard += await said(client);
  });

  it('ends both sides where it cuts, but only connections that began as is said', async () => {
    const { client, peer } = await joined();
    proxy.cut('good morning');
    client.write('still there');
    expect(await said(peer)).toBe('still there');
    proxy.cut('hello');
    await Promise.all([closed(client), closed(peer)]);
  });

  it('leaves the server in the dark where it abandons a connection', async () => {
    const { client, peer } = await joined();
    proxy.abandon();
    await closed(client);
    const next = connect(proxy.port, '127.0.0.1');
    await once(server, 'connection');
    expect([peer.destroyed, peer.readableEnded]).toEqual([false, false]);
    next.destroy();
  });

  it('refuses until it accepts', async () => {
    proxy.refuse();
    const refused = connect(proxy.port, '127.0.0.1');
    refused.on('error', () => undefined);
    await closed(refused);
    proxy.accept();
    await joined();
  });
});

async function said(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}
