import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createProgram } from '../services/bowline/src/cli/program.js';
import { argsOf, readCompose, readDesk } from './compose/read-compose.mjs';
import { root } from './project-graph.mjs';

const compose = readCompose();
const { config, path: configPath, planned } = readDesk();
const services = Object.entries(compose.services).map(([name, service]) => ({ name, ...service }));
const programs = services.filter(({ image }) => image === 'bowline');
const called = new Map(await Promise.all(programs.map(async (each) => [each.name, await callOf(each)])));
const roles = programs.filter(({ name }) => called.get(name).command === 'run');
const folder = mkdtempSync(join(tmpdir(), 'bowline-secrets-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('compose.yaml', () => {
  it('has exactly one container for every role and shard of its configuration, and all that they need', () => {
    const shards = roles.map(({ name }) => {
      const { roles: own, shards: of = [] } = called.get(name).options;
      return [own.join('+'), ...of].join('/');
    });
    expect(shards.sort()).toEqual(planned.map(({ name }) => name).sort());
    const others = services
      .map(({ name }) => name)
      .filter((name) => !roles.some((role) => role.name === name));
    expect(others).toEqual(['redis', 'exchange-simulator']);
  });

  it.each(programs)('gives $name the configuration, a volume, and an address for others', (service) => {
    const { options } = called.get(service.name);
    expect(service.configs).toEqual([{ source: 'desk', target: options.config }]);
    expect(service.volumes).toEqual([`${service.name}:${options.dir}`]);
    expect(options.host).toBe('0.0.0.0');
    expect(service.healthcheck.test.join(' ')).toContain(`http://127.0.0.1:${options.port}/readyz`);
    for (const published of service.ports ?? []) expect(published).toMatch(`:${options.port}`);
  });

  it('refers to nothing that is not there, and has nothing that nobody uses', () => {
    expect(Object.keys(compose.volumes).sort()).toEqual(
      services.flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0])).sort(),
    );
    expect(Object.keys(compose.secrets).sort()).toEqual(
      [...new Set(services.flatMap(({ secrets = [] }) => secrets))].sort(),
    );
    expect(compose.configs).toEqual({ desk: { file: `./${configPath}` } });
    for (const { build } of programs) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
    for (const needed of services.flatMap(({ depends_on: on = [] }) => namesOf(on)))
      expect(Object.keys(compose.services)).toContain(needed);
  });

  it.each(programs)('shows $name its own secrets and no other', ({ name, secrets }) => {
    expect([...secrets].sort()).toEqual(secretsOf(called.get(name)).sort());
  });

  it('stops whoever lets work in before whoever has to finish it', () => {
    const flow = ['signal-ingest', 'order-generator', 'oco-manager', 'execution-gateway'];
    for (const { depends_on: on, name } of roles) {
      const at = flow.indexOf(called.get(name).options.roles[0]);
      const { clientId, exchange } = placeOf(called.get(name).options.shards?.[0]);
      const next = roles
        .map((each) => ({ each, options: called.get(each.name).options }))
        .filter(({ options }) => at >= 0 && options.roles[0] === flow[at + 1])
        .filter(({ options }) => {
          const place = placeOf(options.shards[0]);
          return (
            [undefined, place.clientId].includes(clientId) && [undefined, place.exchange].includes(exchange)
          );
        })
        .map(({ each }) => each.name);
      expect(namesOf(on).sort()).toEqual(next.length > 0 ? next.sort() : ['exchange-simulator', 'redis']);
    }
  });

  it('publishes ports to this machine only', () => {
    const published = services.flatMap(({ ports = [] }) => ports);
    expect(published.length).toBeGreaterThan(0);
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('the secrets of compose.yaml', () => {
  it('are made where it looks for them, and once', () => {
    makeSecrets();
    const names = Object.entries(compose.secrets).map(([name, { file }]) => {
      expect(file).toBe(`./bowline-data/secrets/${name}`);
      return name;
    });
    expect(readdirSync(folder).sort()).toEqual(names.sort());
    const first = names.map(secret);
    expect(new Set(first).size).toBe(names.length);
    makeSecrets();
    expect(names.map(secret)).toEqual(first);
  });

  it('are read by the user of the container, and found by nobody else', () => {
    makeSecrets();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o444);
  });
});

/** What a role needs to know, by its place in the configuration: nothing of another account's. */
function secretsOf({ command, options }) {
  const { clients, live } = config;
  const accounts = clients.flatMap((client) => client.accounts.map((account) => ({ client, account })));
  if (command === 'exchange-simulator')
    return accounts.map(({ account }) => nameOf(account.credentials.apiSecret));
  const { clientId, exchange } = placeOf(options.shards?.[0]);
  const client = clients.find((each) => each.clientId === clientId);
  const account = client?.accounts.find((each) => each.exchange === exchange);
  const own = {
    analytics: () => [],
    'market-data': () => [],
    'signal-ingest': () => live.ingest.sources.flatMap(({ secrets }) => secrets),
    'order-generator': () => [client.commandKey],
    'oco-manager': () => [client.commandKey, account.commandKey],
    'execution-gateway': () => [account.credentials.apiSecret, account.commandKey],
  }[options.roles[0]];
  return [live.token, ...own()].map(nameOf);
}

/** `ikenna.binance-usdm.BTCUSDT` */
function placeOf(shard = '') {
  const [clientId, exchange] = shard === '' ? [] : shard.split('.');
  return { clientId, exchange };
}

function nameOf(reference) {
  expect(reference).toMatch(/^file:\/run\/secrets\//);
  return reference.slice('file:/run/secrets/'.length);
}

function namesOf(dependsOn) {
  return Array.isArray(dependsOn) ? dependsOn : Object.keys(dependsOn);
}

/** The command that the program understands, which is not run. */
async function callOf(service) {
  const args = argsOf(service);
  const program = createProgram({ terminal: null, signal: new AbortController().signal });
  const call = { command: null, options: null };
  for (const command of program.commands)
    command.action((options) => Object.assign(call, { command: command.name(), options }));
  await program.parseAsync(args, { from: 'user' });
  return call;
}

function makeSecrets() {
  execFileSync(process.execPath, [join(root, 'tools/compose/secrets.mjs'), folder], { stdio: 'pipe' });
}

function secret(name) {
  return readFileSync(join(folder, name), 'utf8');
}
