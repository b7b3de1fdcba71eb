import type { DialectPlan } from '@bowline/exchange-simulator-service';
import { InvalidArgumentError } from 'commander';

/** The languages there are. Not read from the exchange simulator: a command's options load nothing. */
const DIALECTS: readonly DialectPlan['kind'][] = ['binance-usdm', 'binance-spot'];

/** Where an exchange is to speak a language of its own. */
export interface DialectPort {
  readonly exchange: string;
  readonly kind: DialectPlan['kind'];
  readonly port: number;
}

const FORM = 'Write EXCHANGE=PORT, or EXCHANGE:DIALECT=PORT';

/** `binance-usdm=8431`, or `paper:binance-usdm=8431`; may be given several times. */
export function dialectPorts(text: string, before: readonly DialectPort[] = []): DialectPort[] {
  const [, exchange = '', named, digits] = /^([\w.-]+)(?::([\w-]+))?=(\d{1,5})$/.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (exchange === '' || port > 65_535) throw new InvalidArgumentError(`${FORM}.`);
  const kind = DIALECTS.find((dialect) => dialect === (named ?? exchange));
  if (kind === undefined)
    throw new InvalidArgumentError(
      `${named ?? exchange} is no dialect: there is ${DIALECTS.join(', ')}. ${FORM}.`,
    );
  if (before.some((other) => other.exchange === exchange))
    throw new InvalidArgumentError(`${exchange} is given twice.`);
  return [...before, { exchange, kind, port }];
}
