import { parseDecimal } from '@bowline/domain';
import { DEFAULTS } from '../defaults.js';
import { twinOf } from '../overlay.js';
import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { sizing } from '../schema/order-params.js';
import { compareDecimals } from '../schema/fields.js';
import { isSet, section, type Raw } from './raw.js';
import { scopesOf, type Scope } from './scopes.js';

const SIZINGS = Object.keys(sizing.shape);
const HUNDRED = { units: 100n, scale: 0 };

/** Parameters that exclude or need each other, of one client. */
export function checkParams(clientId: string, client: Raw, problems: Problems): void {
  const path: Path = ['clients', clientId];
  checkGroup(client, path, problems);
  for (const [strategyId, overrides] of Object.entries(section(client['strategies']))) {
    checkGroup(section(overrides), [...path, 'strategies', strategyId], problems);
  }
  for (const scope of scopesOf(clientId, client)) {
    checkTakeProfit(scope, problems);
    checkPostOnly(scope, problems);
    checkExecution(scope, problems);
    checkBalances(scope, path, section(client['exchanges']), problems);
  }
}

/** What must hold within one riskParams and one orderParams. */
function checkGroup(group: Raw, path: Path, problems: Problems): void {
  const risk = section(group['riskParams']);
  for (const key of Object.keys(risk)) {
    const twin = twinOf(key);
    if (twin === null || !key.endsWith('Pct') || !isSet(risk[key]) || !isSet(risk[twin])) continue;
    problems.atKey([...path, 'riskParams', key], `${key} and ${twin} exclude each other; keep one`);
  }
  const given = section(group['orderParams'])['sizing'];
  if (!isSet(given) || section(given) !== given) return;
  const sizingPath = [...path, 'orderParams', 'sizing'];
  const [first, ...more] = Object.keys(given).filter((key) => SIZINGS.includes(key));
  if (first === undefined) problems.atKey(sizingPath, `expected exactly one of ${SIZINGS.join(', ')}`);
  for (const key of more)
    problems.atKey([...sizingPath, key], `${key} and ${first} exclude each other; keep one`);
}

function checkTakeProfit(scope: Scope, problems: Problems): void {
  const text = scope.riskParams['takeProfitPct'];
  if (typeof text !== 'string' || text.length > 64) return;
  const percent = parseDecimal(text);
  if (!percent || compareDecimals(percent, HUNDRED) < 0) return;
  if ((scope.orderParams['mode'] ?? DEFAULTS.mode) === 'longOnly') return;
  problems.atValue(
    scope.pathOf('riskParams', 'takeProfitPct'),
    `expected a number below 100 unless mode is longOnly (the take-profit of a short would lie at 0 or below), got ${text}`,
  );
}

function checkPostOnly(scope: Scope, problems: Problems): void {
  if (scope.orderParams['timeInForce'] !== 'GTX') return;
  if ((scope.orderParams['defaultOrderType'] ?? DEFAULTS.orderType) !== 'market') return;
  problems.atValue(
    scope.pathOf('orderParams', 'timeInForce'),
    'GTX (only as maker) needs defaultOrderType: limit',
  );
}

function checkExecution({ orderParams, pathOf }: Scope, problems: Problems): void {
  const given = orderParams['execution'];
  if (!isSet(given)) return;
  const path = pathOf('orderParams', 'execution');
  if (orderParams['timeInForce'] === 'FOK') {
    problems.atKey(
      path,
      'an order that is worked in parts cannot be FOK (at once whole); set timeInForce: GTC',
    );
  }
  const isMarket = (orderParams['defaultOrderType'] ?? DEFAULTS.orderType) === 'market';
  if (section(given)['type'] === 'iceberg' && isMarket) {
    problems.atKey(path, 'an iceberg rests in the book, so it needs defaultOrderType: limit');
  }
}

function checkBalances(scope: Scope, path: Path, accounts: Raw, problems: Problems): void {
  const byBalance = Object.keys(section(scope.orderParams['sizing'])).find(
    (key) => key === 'percentOfBalance' || key === 'riskPerTrade',
  );
  if (byBalance === undefined) return;
  const sizingPath = [...scope.pathOf('orderParams', 'sizing'), byBalance];
  for (const [exchange, account] of Object.entries(accounts)) {
    if (isSet(section(account)['accountBalance'])) continue;
    const missing = problems.places.written([...path, 'exchanges', exchange, 'accountBalance']);
    problems.atKey(
      sizingPath,
      `needs a balance, and ${missing} is not set; set it, or size by fixedQuantity or fixedNotional`,
    );
  }
}
