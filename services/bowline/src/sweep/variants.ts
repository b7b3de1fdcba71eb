import { InputError, parseConfig, type ConfigOverride, type DeskConfig } from '@bowline/contracts';
import { BUILT_IN_STRATEGIES, parseStrategy, type StrategySpec } from '@bowline/engine';
import { UsageError } from '../cli/exit.js';
import type { ReadConfig } from '../desk/read-config.js';
import { combinations, type SweepParam } from './params.js';

/** One run of a sweep. */
export interface Variant {
  /** One value for each parameter. */
  readonly values: readonly string[];
  readonly config: DeskConfig;
  /** Null: the signals are those of the file. */
  readonly strategies: readonly StrategySpec[] | null;
}

/**
 * The runs of a sweep, in the order of the grid.
 *
 * @param strategies texts of --strategy; null where signals come from a file
 * @throws UsageError for a parameter that leads nowhere
 * @throws InputError for values that the configuration refuses, each once
 */
export function variantsOf(
  params: readonly SweepParam[],
  base: ReadConfig,
  strategies: readonly string[] | null,
): Variant[] {
  const configs = new ConfigVariants(base, params);
  const specs = strategyChoices(params, strategies);
  const problems = new Set<string>();
  const variants = combinations(params).flatMap((values): Variant[] => {
    try {
      return [{ values, config: configs.of(values), strategies: specs(values) }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return [];
    }
  });
  if (problems.size > 0) throw new InputError([...problems]);
  return variants;
}

/** Configurations by the values that touch them, each parsed once. */
class ConfigVariants {
  private readonly parsed = new Map<string, DeskConfig>();

  constructor(
    private readonly base: ReadConfig,
    private readonly params: readonly SweepParam[],
  ) {}

  of(values: readonly string[]): DeskConfig {
    const overrides = this.params.flatMap((param, at) =>
      isStrategyParam(param) ? [] : overridesOf(param, values[at], this.base.config),
    );
    if (overrides.length === 0) return this.base.config;
    const key = JSON.stringify(overrides.map(({ text }) => text));
    const known = this.parsed.get(key);
    if (known) return known;
    const config = parseConfig(this.base.text, this.base.path, overrides);
    this.parsed.set(key, config);
    return config;
  }
}

/** `riskParams.x` and `orderParams.x` stand for those of every client, and `*` for every client or exchange. */
function overridesOf({ name, path }: SweepParam, text: string, base: DeskConfig): ConfigOverride[] {
  const [first] = path;
  const whole = /^(risk|order)(Params|_params)$/.test(first) ? ['clients', '*', ...path] : path;
  const label = `--param ${name}=${text}`;
  const nowhere = nowhereProblem(whole, base);
  if (nowhere !== null) throw new UsageError(`--param ${name}: ${nowhere}`);
  return everyClient(whole, base).map((full) => ({ path: full, text, label }));
}

/** A parameter changes what is there: a name that is not is a slip of the pen, and no new client or account. */
function nowhereProblem(path: readonly string[], { clients }: DeskConfig): string | null {
  const [first, client, section, exchange] = path;
  if (first !== 'clients' || client === '*') return null;
  const named = clients.find(({ clientId }) => clientId === client);
  if (!named) {
    const names = clients.map(({ clientId }) => clientId).join(', ');
    return `there is no client ${JSON.stringify(client)}; there are ${names}, and * for all`;
  }
  const exchanges = named.accounts.map((account) => account.exchange);
  if (section !== 'exchanges' || exchange === undefined || [...exchanges, '*'].includes(exchange))
    return null;
  return `${client} has no account at ${JSON.stringify(exchange)}; there are ${exchanges.join(', ')}, and * for all`;
}

function everyClient(path: readonly string[], { clients }: DeskConfig): string[][] {
  if (path[0] !== 'clients') return [[...path]];
  const [, client, section, exchange, ...rest] = path;
  const named = clients.filter(({ clientId }) => client === '*' || client === clientId);
  if (named.length === 0) return [[...path]];
  return named.flatMap(({ accounts, clientId }) => {
    if (section !== 'exchanges' || exchange !== '*') return [['clients', clientId, ...path.slice(2)]];
    return accounts.map((account) => ['clients', clientId, 'exchanges', account.exchange, ...rest]);
  });
}

function isStrategyParam({ path }: SweepParam): boolean {
  return path[0] === 'strategy';
}

/** The built-in strategies of each combination. A value replaces the arguments: `10:50` for `sma-cross:10,50`. */
function strategyChoices(
  params: readonly SweepParam[],
  texts: readonly string[] | null,
): (values: readonly string[]) => readonly StrategySpec[] | null {
  const swept = params.map((param, at) => ({ at, param })).filter(({ param }) => isStrategyParam(param));
  if (texts === null) {
    if (swept.length === 0) return () => null;
    throw new UsageError(
      `--param ${swept[0].param.name}: arguments of a built-in strategy have no effect on --signals`,
    );
  }
  const fixed = texts.filter((text) => !swept.some(({ param }) => param.path[1] === targetOf(text)));
  const fixedSpecs = fixed.map((text) => specOf(text, `--strategy ${text}`));
  const sweptOnes = swept.map(({ at, param }) => {
    const target = param.path[1];
    const own = texts.find((text) => targetOf(text) === target);
    const name = own === undefined ? target : nameOf(own);
    if (param.path.length > 2 || !BUILT_IN_STRATEGIES.some((builtIn) => builtIn.name === name)) {
      const names = BUILT_IN_STRATEGIES.map((builtIn) => builtIn.name).join(', ');
      throw new UsageError(
        `--param ${param.name}: there is no such strategy; name one of --strategy, or ${names}`,
      );
    }
    const specs = param.values.map((value) =>
      specOf(`${target}=${name}:${value.replaceAll(':', ',')}`, `--param ${param.name}=${value}`),
    );
    return { at, specs: new Map(param.values.map((value, index) => [value, specs[index]])) };
  });
  const ids = [...fixedSpecs.map(({ strategyId }) => strategyId), ...swept.map(({ param }) => param.path[1])];
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new UsageError(`two strategies are called ${twice}; name one with --strategy ID=NAME:ARGS`);
  return (values) => [
    ...fixedSpecs,
    ...sweptOnes.flatMap(({ at, specs }) => {
      const spec = specs.get(values[at]);
      return spec ? [spec] : [];
    }),
  ];
}

/** What a parameter calls the strategy of a --strategy: its id, or its name where it has none of its own. */
function targetOf(text: string): string {
  const equals = text.indexOf('=');
  return equals < 0 ? nameOf(text) : text.slice(0, equals).trim();
}

function nameOf(text: string): string {
  return text
    .slice(text.indexOf('=') + 1)
    .split(':', 1)[0]
    .trim();
}

function specOf(text: string, label: string): StrategySpec {
  const parsed = parseStrategy(text);
  if ('problem' in parsed) throw new UsageError(`${label}: ${parsed.problem}`);
  return parsed.spec;
}
