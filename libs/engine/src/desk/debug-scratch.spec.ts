// @ts-nocheck
import { readFileSync, writeFileSync } from 'node:fs';
import { it } from '@jest/globals';
import { RandomDesk, type DeskFaults, type DeskMove } from '@bowline/testkit';

it('debug', async () => {
  const [given, made] = JSON.parse(readFileSync('/tmp/dbg/case.json', 'utf8')) as [DeskFaults, DeskMove[]];
  const lines: string[] = [];
  const random = await RandomDesk.open(given);
  const START = random.desk.clock.now();
  const only = process.env.CLIENT;
  const watch = () => {
    const { desk } = random;
    const t = () => desk.clock.now() - START;
    const bus = desk.bus as any;
    const publish = bus.publish.bind(bus);
    bus.publish = (message: any) => {
      const what = { 'order-intents': 'INTENT', orders: 'ORDER', executions: 'EXEC' }[message.topic.split('.')[0] as string];
      if (what) lines.push(`${t()} ${message.topic.split('.')[1]} ${what} ${message.id.split('#')[1]} ${short(JSON.parse(message.data))}`);
      return publish(message);
    };
    for (const shard of desk.gateways.shards) {
      if (only && only !== shard.layout.client.clientId) continue;
      const runner = shard.runner as any;
      const handle = runner.handle.bind(runner);
      runner.handle = (env: any, input: any) => {
        if (input.type === 'report') lines.push(`${t()} ${shard.layout.client.clientId} <- ${JSON.stringify(input.report, (k, v) => typeof v === 'bigint' ? String(v) : v)}`);
        else if (input.type !== 'command') lines.push(`${t()} ${shard.layout.client.clientId} ** ${JSON.stringify(input)}`);
        return handle(env, input);
      };
      const client = shard.client as any;
      if (!client.wrapped) {
        client.wrapped = true;
        const send = client.send.bind(client);
        client.send = (r: any) => { lines.push(`${t()} ${shard.layout.client.clientId} -> ${r.type} ${r.clientOrderId ?? ''} ${r.terms ? r.terms.side + ' ' + r.terms.orderQty + ' ' + r.terms.orderType + ' ' + (r.terms.limitPrice ?? r.terms.stopPrice ?? '') : ''} ${r.afterTradeId ?? ''}`); return send(r); };
      }
    }
  };
  watch();
  let last = random.desk;
  try {
    for (const move of made) {
      lines.push(`---- ${JSON.stringify(move)}`);
      await random.move(move);
      if (random.desk !== last) { last = random.desk; watch(); }
    }
    lines.push('==== calm');
    await random.calm();
    lines.push('==== close');
    await random.closeAll();
  } catch (e) {
    lines.push(String((e as Error).stack));
    console.log(String(e));
  }
  for (const shard of random.desk.managers.shards) {
    lines.push(shard.layout.key + ' ' + JSON.stringify([...shard.runner.state.channel.positions.values()], (k, v) => typeof v === 'bigint' ? String(v) : v));
  }
  for (const shard of random.desk.gateways.shards) {
    lines.push(shard.layout.key + ' ' + JSON.stringify([...shard.runner.state.orders.values()].filter((o) => o.status !== 'done' || o.replacement), (k, v) => typeof v === 'bigint' ? String(v) : v));
  }
  writeFileSync('/tmp/dbg/trace.txt', lines.join('\n'));
}, 60_000);

function short(body: any): string {
  if (body.intent) return `#${body.sequence} ${body.intent.type} ${body.intent.strategyId} ${body.intent.side ?? ''} ${body.intent.quantity ?? ''} ${body.intent.reason ?? ''}`;
  const k = (key: any) => (key ? `${key.strategyPositionId} ${key.leg}${key.generation}` : '');
  if (body.input) {
    const { input } = body;
    if (input.type === 'execution') return `${k(input.key)} ${input.report.execType} ${input.report.tradeId ?? ''} ${input.report.lastQty || ''} ${input.report.cumQty ?? ''} ${input.reason ?? ''}`;
    return JSON.stringify(input);
  }
  return `${body.type} ${k(body.key)} ${body.terms ? k(body.terms.key) + ' ' + body.terms.side + ' ' + body.terms.orderQty + ' ' + body.terms.orderType + ' ' + (body.terms.limitPrice ?? body.terms.stopPrice ?? '') : ''}`;
}
