import type { PubSubResource } from '@bowline/bus-pubsub';
import { InputError } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { initDeskTopics } from '../live/pubsub-topics.js';
import type { BusInitOptions } from './bus.command.js';

export async function runBusInit(options: BusInitOptions, { terminal }: CommandContext): Promise<void> {
  const { dryRun = false, env, json } = options;
  const { config, path } = await readConfig(options.config, env);
  if (config.live.bus !== 'pubsub' || config.live.pubsub === null) {
    throw new InputError([
      `${path}: messaging.type is ${config.live.bus}, which needs no topics to be made; they are for messaging: { type: pubsub, project: ... }`,
    ]);
  }
  const resources = await initDeskTopics(config, dryRun);
  if (json === true) terminal.out(`${JSON.stringify({ resources })}\n`);
  else for (const line of resources.map(lineOf)) terminal.out(`${line}\n`);
  const problems = resources.flatMap(({ name, problem }) =>
    problem === null ? [] : [`${name}: ${problem}`],
  );
  if (problems.length > 0) throw new InputError(problems);
}

function lineOf({ kind, name, outcome }: PubSubResource): string {
  return `${outcome.padEnd(8)} ${kind.padEnd(12)} ${name}`;
}
