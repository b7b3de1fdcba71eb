/** Intervals of the exchange's public history. */
const INTERVALS = [
  '1m',
  '3m',
  '5m',
  '15m',
  '30m',
  '1h',
  '2h',
  '4h',
  '6h',
  '8h',
  '12h',
  '1d',
  '3d',
  '1w',
  '1mo',
];

const SYMBOL = /^[A-Z0-9_]{2,40}$/;

/** What can be told of a request before anything is asked for: one sentence for each problem. */
export function requestProblems({
  symbol,
  interval,
  baseUrl,
}: {
  readonly symbol: string;
  readonly interval: string;
  readonly baseUrl?: string;
}): string[] {
  const problems: string[] = [];
  if (!SYMBOL.test(symbol)) problems.push(`symbol ${JSON.stringify(symbol)}: ${symbolRemedy(symbol)}`);
  if (!INTERVALS.includes(interval))
    problems.push(`interval ${JSON.stringify(interval)}: the exchange has ${INTERVALS.join(', ')}`);
  if (baseUrl !== undefined && !isWebAddress(baseUrl))
    problems.push(`base URL ${JSON.stringify(baseUrl)}: ${addressRemedy(baseUrl)}`);
  return problems;
}

function symbolRemedy(symbol: string): string {
  const capitals = symbol.toUpperCase();
  return SYMBOL.test(capitals)
    ? `the exchange spells symbols in capital letters: ${capitals}`
    : 'use capital letters and digits, such as BTCUSDT';
}

function addressRemedy(text: string): string {
  const completed = `http://${text}`;
  const example = !text.includes('://') && isWebAddress(completed) ? completed : 'https://mirror.example';
  return `it must begin with http:// or https://, such as ${example}`;
}

/** `localhost:8765` is a URL too, whose scheme is `localhost`. */
function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
