import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { connect, whenReady } from './connection.js';

const LOADING_ANSWERS = 5;

it('is ready soon after a server that loads its data is, however long that has said it will take', async () => {
  let asked = 0;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const [command] of chunk.toString().matchAll(/setname|info/gi)) {
        if (command.toLowerCase() === 'info') asked += 1;
        const loading = asked <= LOADING_ANSWERS;
        const info = loading ? 'loading:1\r\nloading_eta_seconds:86400\r\n' : 'loading:0\r\n';
        socket.write(command.toLowerCase() === 'info' ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const url = `redis://127.0.0.1:${port}`;
  const connection = connect({ url, name: 'spec', timeoutMs: 5000, onError: () => undefined });
  try {
    await whenReady(connection, new AbortController().signal);
    expect([connection.status, asked]).toEqual(['ready', LOADING_ANSWERS + 1]);
  } finally {
    connection.disconnect();
    server.close();
  }
});
