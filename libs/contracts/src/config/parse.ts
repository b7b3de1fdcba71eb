import { buildDesk } from './build.js';
import { checkDesk } from './checks/index.js';
import { section } from './checks/raw.js';
import { scopesOf } from './checks/scopes.js';
import type { DeskConfig } from './desk.js';
import { reportIssues } from './issues.js';
import { applyOverrides, type ConfigOverride } from './override.js';
import { Places } from './places.js';
import { Problems } from './problems.js';
import { readValue } from './read.js';
import { deskSchema } from './schema/desk-schema.js';
import { deskWarnings } from './warnings.js';
import { readSource } from './yaml/source.js';

/**
 * Reads a desk's configuration from YAML. Keys may be written in camelCase or snake_case, and a Python dict is read
 * as well.
 *
 * @param text what the file holds
 * @param fileName names the file in messages
 * @param overrides values in place of the file's
 * @throws InputError with every wrong field at once, each with line, column, path, and what is expected
 */
export function parseConfig(
  text: string,
  fileName: string,
  overrides: readonly ConfigOverride[] = [],
): DeskConfig {
  const source = readSource(text);
  const problems = new Problems(fileName, source, new Places(), overrides);
  for (const { offset, message } of source.problems) problems.atOffset(offset, '', message);
  problems.throwIfAny();
  if (!source.root) problems.atOffset(0, '', 'the file is empty; expected at least clients');
  problems.throwIfAny();
  const root = applyOverrides(source.root ?? { kind: 'empty', offset: 0 }, overrides);
  const value = readValue(deskSchema, root, problems);
  const parsed = deskSchema.safeParse(value);
  if (!parsed.success) reportIssues(parsed.error.issues, problems);
  checkDesk(value, problems);
  problems.throwIfAny();
  if (!parsed.success) throw parsed.error; // every issue is a problem by now
  const desk = buildDesk(parsed.data);
  return { ...desk, warnings: deskWarnings(desk, unsizedClients(value)) };
}

/** Clients of which some strategy runs on the default sizing because nothing else is said. */
function unsizedClients(value: unknown): ReadonlySet<string> {
  const clients = Object.entries(section(section(value)['clients']));
  const unsized = clients.filter(([clientId, client]) =>
    scopesOf(clientId, section(client)).some((scope) => scope.orderParams['sizing'] === undefined),
  );
  return new Set(unsized.map(([clientId]) => clientId));
}
