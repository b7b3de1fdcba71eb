import { BUILT_IN_STRATEGIES, type BuiltInStrategy } from './built-in.js';

/** A built-in strategy with its arguments, under the id that its signals carry. */
export interface StrategySpec {
  readonly strategyId: string;
  readonly name: string;
  readonly args: readonly number[];
}

export type ParsedStrategy = { readonly spec: StrategySpec } | { readonly problem: string };

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const WHOLE = /^\d{1,16}$/;

/**
 * Reads `sma-cross:10,50`, or `mine=sma-cross:10,50` where it is to have an id of its own; else the id is the text
 * with dashes, `sma-cross-10-50`, so that a configuration can name it.
 */
export function parseStrategy(text: string): ParsedStrategy {
  const equals = text.indexOf('=');
  const idText = equals < 0 ? null : text.slice(0, equals).trim();
  const [name = '', argsText = '', ...rest] = text
    .slice(equals + 1)
    .trim()
    .split(':');
  const builtIn = BUILT_IN_STRATEGIES.find((candidate) => candidate.name === name);
  if (!builtIn)
    return { problem: `there is no built-in strategy ${JSON.stringify(name)}; there are ${listing()}` };
  if (rest.length > 0) return { problem: `one colon too many; write it as ${builtIn.example}` };
  if (idText !== null && !ID.test(idText)) {
    return {
      problem: `the id ${JSON.stringify(idText)} must be 1 to 64 letters, digits, dots, dashes or underscores`,
    };
  }
  return withArgs(builtIn, argsText === '' ? [] : argsText.split(','), idText);
}

/** The built-in strategies with their arguments, for messages. */
function listing(): string {
  return BUILT_IN_STRATEGIES.map(({ args, name }) => `${name}:${args.join(',')}`).join(', ');
}

function withArgs(builtIn: BuiltInStrategy, texts: readonly string[], idText: string | null): ParsedStrategy {
  const { args: names, example, name } = builtIn;
  if (texts.length !== names.length) {
    const wanted = `${names.length === 1 ? 'one argument' : `${names.length} arguments`} (${names.join(', ')})`;
    return { problem: `${name} takes ${wanted}, got ${texts.length}; such as ${example}` };
  }
  const args: number[] = [];
  for (const [at, argText] of texts.entries()) {
    const trimmed = argText.trim();
    if (!WHOLE.test(trimmed)) {
      return {
        problem: `${names[at]} of ${name} must be a whole number, got ${JSON.stringify(trimmed)}; such as ${example}`,
      };
    }
    args.push(Number(trimmed));
  }
  const problem = builtIn.problem(args);
  if (problem !== null) return { problem: `${name}: ${problem}` };
  return { spec: { strategyId: idText ?? [name, ...args].join('-'), name, args } };
}
