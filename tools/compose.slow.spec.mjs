import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { findProgram, programPath, RedisServer, runBowline, whenPresent } from '@bowline/testkit';
import { argsOf, readCompose, readDesk } from './compose/read-compose.mjs';
import { root } from './project-graph.mjs';
import { RunningProgram } from './testing/running-program.mjs';

const LOOK_MS = 100;

whenPresent(
  'compose.yaml, without its containers',
  'redis-server',
  findProgram('redis-server'),
  (program) => {
    let end = async () => undefined;
    afterEach(() => end());

    it('trades, each process with the secrets that its container is shown and no other', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bowline-compose-'));
      const redis = await RedisServer.start(program);
      const running = [];
      // Also where the test's time is over, which ends nothing by itself.
      end = async () => {
        await Promise.all(running.map((each) => each.stop('SIGKILL')));
        await redis.stop();
        rmSync(folder, { recursive: true, force: true });
      };
      const start = (name, service, exchange = '', markets = '') => {
        const env = {
          ...{ REDIS_URL: redis.url, BOWLINE_EXCHANGE_URL: exchange, BOWLINE_MARKET_DATA_URL: markets },
        };
        running.push(new RunningProgram(programPath, argsIn(folder, name, service), { env }));
        return running.at(-1).url();
      };
      execFileSync(process.execPath, [join(root, 'tools/compose/secrets.mjs'), join(folder, 'secrets')], {
        stdio: 'pipe',
      });
      const { 'exchange-simulator': simulator, redis: _redis, ...roles } = readCompose().services;
      const exchange = await start('exchange-simulator', simulator);
      const urls = new Map();
      const startAll = async (all, markets = '') => {
        const started = all.map(async ([name, service]) => {
          urls.set(name, await start(name, service, exchange, markets));
        });
        await Promise.all(started);
      };
      const tells = ([name]) => name.startsWith('market-data-');
      await startAll(Object.entries(roles).filter(tells));
      const markets = [...urls].map(([name, url]) => `${name.replace('market-data-', '')}=${url}`);
      await startAll(
        Object.entries(roles).filter((each) => !tells(each)),
        markets.join(),
      );
      for (const url of urls.values()) await until(async () => (await fetch(`${url}/readyz`)).ok);

      const { exitCode, stderr } = await runBowline([
        ...['signal', 'send', '--url', urls.get('signal-ingest')],
        ...['--secret', `file:${join(folder, 'secrets', 'signals')}`],
        ...['--strategy', 'trend', '--symbol', 'BTCUSDT', '--signal', '1'],
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      // Every account has its entry, and the pair that protects it.
      await until(async () => {
        const { exchanges } = await (await fetch(`${exchange}/truth?settled=true`)).json();
        const accounts = Object.values(exchanges).flatMap((each) => Object.values(each.accounts));
        return accounts.length === 3 && accounts.every(({ orders }) => Object.keys(orders).length >= 3);
      });
      expect(await Promise.all(running.slice(1).map((each) => each.stop()))).toEqual(
        readDesk().planned.map(() => 0),
      );
    }, 300_000);
  },
);

/** The arguments of a service, where its files are those of a folder. */
function argsIn(folder, name, service) {
  const own = join(folder, name);
  mkdirSync(join(own, 'secrets'), { recursive: true });
  for (const secret of service.secrets) cpSync(join(folder, 'secrets', secret), join(own, 'secrets', secret));
  const config = readFileSync(join(root, readDesk().path), 'utf8');
  writeFileSync(join(own, 'bowline.yaml'), config.replaceAll('/run/secrets/', `${join(own, 'secrets')}/`));
  const places = { '/etc/bowline.yaml': join(own, 'bowline.yaml'), '/data': join(own, 'data') };
  return [...argsOf(service).map((arg) => places[arg] ?? arg), '--port', '0'];
}

/** Looks until it is so; a limit is the test's own. */
async function until(isSo) {
  while (!(await isSo())) await sleep(LOOK_MS);
}
