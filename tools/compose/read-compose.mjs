import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { mockMarkets } from '../../services/bowline/src/live/mock-markets.js';
import { planProcesses } from '../../services/bowline/src/up/plan.js';
import { root } from '../project-graph.mjs';

/** compose.yaml, for specs, with its references between parts resolved. */
export function readCompose() {
  return parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), { merge: true });
}

/** The arguments of a service's command; nothing in it is quoted. */
export function argsOf({ command }) {
  return command.split(' ');
}

/** The configuration of the desk in compose.yaml, and the processes that it has to have. */
export function readDesk() {
  const path = 'tools/compose/bowline.yaml';
  const config = parseConfig(readFileSync(join(root, path), 'utf8'), path);
  return { path, config, planned: planProcesses(layOut(config.clients, mockMarkets(config))) };
}
