import { writeFileSync } from 'node:fs';
import { sign, type CommandKey } from '@bowline/bus-guarded';
import { parseConfig, ROLES, type RoleName } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { busMessage, WorkFolder } from '@bowline/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { commandKeys, unsignedCommands } from './command-keys.js';
import { mockMarkets } from './mock-markets.js';
import { ownShards } from './own-shards.js';

const work = new WorkFolder('command-keys');
const SECRET = (name: string): string => name.padEnd(32, '.');

const CONFIG = `
environment: local-integration
clients:
  ikenna:
    commandKey: env:SPEC_IKENNA
    exchanges:
      okx: { symbols: [BTCUSDT], commandKey: env:SPEC_IKENNA_OKX }
      binance-usdm: { symbols: [BTCUSDT] }
    orderParams: { sizing: { fixedQuantity: 1 } }
  odum:
    exchanges:
      okx: { symbols: [BTCUSDT], commandKey: env:SPEC_ODUM_OKX }
    orderParams: { sizing: { fixedQuantity: 1 } }
`;

const SECRETS = ['SPEC_IKENNA', 'SPEC_IKENNA_OKX', 'SPEC_ODUM_OKX'];

function given(...names: readonly string[]): void {
  for (const name of names) process.env[name] = SECRET(name);
}
afterEach(() => {
  for (const name of SECRETS) delete process.env[name];
});

function processOf(role: RoleName | null, shard: string | null, text = CONFIG) {
  const config = parseConfig(text, 'desk.yaml');
  const roles = role === null ? ROLES : [role];
  const own = ownShards(layOut(config.clients, mockMarkets(config)), roles, shard === null ? null : [shard]);
  return {
    keys: () => commandKeys(own, roles, config),
    unsigned: () => unsignedCommands(own, roles, config),
  };
}

const signatureOf = (key: CommandKey): string => sign(busMessage('m1'), key);

describe('the keys of a process', () => {
  it.each<[RoleName | null, string | null, string[]]>([
    ['order-generator', 'ikenna', ['order-intents.ikenna']],
    ['order-generator', 'odum', []],
    ['oco-manager', 'ikenna.okx.BTCUSDT', ['order-intents.ikenna', 'orders.ikenna.okx']],
    ['oco-manager', 'ikenna.binance-usdm.BTCUSDT', ['order-intents.ikenna']],
    ['oco-manager', 'odum.okx.BTCUSDT', ['orders.odum.okx']],
    ['execution-gateway', 'ikenna.okx', ['orders.ikenna.okx']],
    ['execution-gateway', 'ikenna.binance-usdm', []],
    ['signal-ingest', null, []],
    ['analytics', null, []],
    [null, null, ['order-intents.ikenna', 'orders.ikenna.okx', 'orders.odum.okx']],
  ])(
    'of %s (%s) are those of the commands that it sends or takes, and it needs no others',
    (role, shard, topics) => {
      const secretOf: Record<string, string> = {
        'order-intents.ikenna': 'SPEC_IKENNA',
        'orders.ikenna.okx': 'SPEC_IKENNA_OKX',
        'orders.odum.okx': 'SPEC_ODUM_OKX',
      };
      given(...topics.map((topic) => secretOf[topic]!));
      expect([...processOf(role, shard).keys().keys()]).toEqual(topics);
    },
  );

  it('are two while one takes the place of the other, and the first one signs', () => {
    const path = work.at('key');
    const text = CONFIG.replace('env:SPEC_IKENNA\n', `file:${path}\n`);
    const read = (secret: string): string[] => {
      writeFileSync(path, secret);
      return processOf('order-generator', 'ikenna', text)
        .keys()
        .get('order-intents.ikenna')!
        .map(signatureOf);
    };
    const [old] = read(`${SECRET('old')}\n`);
    const [next, second] = read(`${SECRET('next')}\r\n${SECRET('old')}\r\n`);
    expect(second).toBe(old);
    expect(next).not.toBe(old);
    expect(() => read([1, 2, 3].map((n) => SECRET(`${n}`)).join('\n'))).toThrow(
      'clients.ikenna.commandKey: it has 3 lines; one key, or two',
    );
  });

  it.each<[string, string | undefined, string]>([
    ['is not there', undefined, 'clients.ikenna.commandKey: the environment variable SPEC_IKENNA is not set'],
    [
      'is too short',
      'hunter2',
      'clients.ikenna.commandKey: a key of 7 bytes is too short, 32 are needed; make one with: openssl rand -base64 32',
    ],
  ])('are refused, without a word of what they are, where one %s', (_, secret, problem) => {
    if (secret !== undefined) process.env['SPEC_IKENNA'] = secret;
    expect(() => processOf('order-generator', 'ikenna').keys()).toThrow(problem);
  });
});

describe('commands without a key', () => {
  const ofIkenna =
    'clients.ikenna.exchanges.binance-usdm.commandKey is not set: whoever can write to orders.ikenna.binance-usdm can send orders to the account of ikenna at binance-usdm';
  const ofOdum =
    'clients.odum.commandKey is not set: whoever can write to order-intents.odum can trade for odum';

  it.each<[RoleName | null, string | null, string[]]>([
    [null, null, [ofIkenna, ofOdum]],
    ['order-generator', 'odum', [ofOdum]],
    ['oco-manager', 'odum.okx.BTCUSDT', [ofOdum]],
    ['execution-gateway', 'ikenna.binance-usdm', [ofIkenna]],
    ['execution-gateway', 'ikenna.okx', []],
    ['analytics', null, []],
  ])('are said by %s (%s) as far as it sends or takes them', (role, shard, said) => {
    expect(processOf(role, shard).unsigned()).toEqual(said);
  });

  it('are not worth a word where everything is made up', () => {
    expect(processOf(null, null, CONFIG.replace('local-integration', 'local-dev')).unsigned()).toEqual([]);
  });
});
