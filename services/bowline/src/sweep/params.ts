import { UsageError } from '../cli/exit.js';

/** What a sweep tries: the values of one path. */
export interface SweepParam {
  /** As it was typed: the name of the column. */
  readonly name: string;
  readonly path: readonly string[];
  readonly values: readonly string[];
}

/** More runs than anybody looks at. */
const MOST_RUNS = 100_000;

/** Reads `riskParams.takeProfitSd=1,2,3`. Throws a UsageError with everything that is wrong with the texts. */
export function parseParams(texts: readonly string[]): SweepParam[] {
  const problems: string[] = [];
  const params: SweepParam[] = [];
  for (const text of texts) {
    const param = readParam(text);
    const problem = typeof param === 'string' ? param : twin(param, params);
    if (problem !== null) problems.push(`--param ${text}: ${problem}`);
    else if (typeof param !== 'string') params.push(param);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\nerror: '));
  return params;
}

function readParam(text: string): SweepParam | string {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0)).trim();
  const path = name.split('.');
  if (equals < 0 || path.some((part) => part === '')) {
    return 'write PATH=VALUE,VALUE, such as riskParams.takeProfitSd=1,2,3';
  }
  if (path.length < 2)
    return `${name} is no path to a value; such as riskParams.takeProfitSd or execution.slippageBps`;
  const values = text
    .slice(equals + 1)
    .split(',')
    .map((value) => value.trim());
  if (values.includes('')) return 'a value is empty; separate values by single commas';
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  return twice === undefined ? { name, path, values } : `${twice} is there twice`;
}

function twin({ name }: SweepParam, params: readonly SweepParam[]): string | null {
  return params.some((other) => other.name === name)
    ? `${name} is given twice; put all its values into one`
    : null;
}

/** Every combination, the last parameter changing fastest. Throws a UsageError where there are too many. */
export function combinations(params: readonly SweepParam[]): string[][] {
  const count = params.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_RUNS)
    throw new UsageError(`${count} combinations are more than ${MOST_RUNS}: give fewer values`);
  return params.reduce<string[][]>(
    (rows, { values }) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
}
