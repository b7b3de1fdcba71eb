import type { Problems } from '../problems.js';
import { checkClient } from './clients.js';
import { checkConnections } from './connections.js';
import { checkIds } from './ids.js';
import { checkIngest } from './ingest.js';
import { checkInstruments } from './instruments.js';
import { checkParams } from './params.js';
import { section } from './raw.js';

/** Everything that spans more than one field. */
export function checkDesk(value: unknown, problems: Problems): void {
  const desk = section(value);
  const clients = desk['clients'];
  if (section(clients) === clients && Object.keys(section(clients)).length === 0) {
    problems.atKey(['clients'], 'expected at least one client');
  }
  for (const [clientId, client] of Object.entries(section(clients))) {
    checkClient(clientId, section(client), problems);
    checkParams(clientId, section(client), problems);
  }
  checkIds(desk, problems);
  checkInstruments(desk['instruments'], problems);
  checkIngest(desk, problems);
  checkConnections(desk, problems);
}
