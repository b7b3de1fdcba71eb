import { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { CST, Document, Node, Pair } from 'yaml';
import { pythonDictAsYaml } from './python-dict.js';
import { syntaxSentence } from './syntax.js';

/**
 * A YAML document as it was written: every scalar keeps its text (0.1 stays `0.1`, no double in between), and
 * every node its place in the file.
 */
export type SourceNode =
  | { readonly kind: 'scalar'; readonly text: string; readonly offset: number }
  /** `null`, `~`, or Python's `None`: said to be off. */
  | { readonly kind: 'null'; readonly offset: number }
  /** A key with nothing behind it. */
  | { readonly kind: 'empty'; readonly offset: number }
  | { readonly kind: 'list'; readonly items: readonly SourceNode[]; readonly offset: number }
  | { readonly kind: 'map'; readonly entries: readonly SourceEntry[]; readonly offset: number };

export interface SourceEntry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: SourceNode;
  /** Comes from a `<<` merge, so the map's own entries win over it. */
  readonly merged: boolean;
}

/** Something wrong at a place of the text. */
export interface SourceProblem {
  readonly offset: number;
  readonly message: string;
}

export interface Source {
  /** Null where the text holds nothing, or where `problems` kept it from being read. */
  readonly root: SourceNode | null;
  readonly problems: readonly SourceProblem[];
  /** One-based line and column of an offset. */
  readonly position: (offset: number) => { readonly line: number; readonly column: number };
}

const MAX_CHARACTERS = 1_000_000;
const MAX_DEPTH = 32;
const MAX_NODES = 100_000;

/** Reads YAML (or a Python dict) without judging what it says. Never throws. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const failed = (problems: readonly SourceProblem[]): Source => ({ root: null, problems, position });
  if (text.length > MAX_CHARACTERS) {
    return failed([
      { offset: 0, message: `longer than ${MAX_CHARACTERS} characters; this is no configuration` },
    ]);
  }
  // A byte order mark is no character of the first line.
  const yaml = pythonDictAsYaml(text.replace(/^\ufeff/, ''));
  const tokens = [...new Parser(lines.addNewLine).parse(yaml)];
  // The composer is recursive, and the tokens are not yet: text from outside must not exhaust the stack.
  const tooDeep = tokens.some((token) => isDeeperThan(token, MAX_DEPTH));
  if (tooDeep) return failed([{ offset: 0, message: `nested more than ${MAX_DEPTH} levels deep` }]);
  const composer = new Composer({ schema: 'failsafe', prettyErrors: false, uniqueKeys: false });
  const [document, another] = [...composer.compose(tokens, true, yaml.length)];
  if (!document) return failed([]);
  const problems: SourceProblem[] = [];
  for (const { code, pos } of document.errors)
    problems.push({ offset: pos[0], message: syntaxSentence(code) });
  for (const { pos } of document.warnings) {
    problems.push({
      offset: pos[0],
      message: 'tags (!...) and anchors that end in a colon are not supported',
    });
  }
  if (another)
    problems.push({
      offset: another.contents ? offsetOf(another.contents) : yaml.length,
      message: 'a second document (---); one file holds one',
    });
  if (problems.length > 0 || !document.contents) return failed(firstPerLine(problems, position));
  const walk = new Walk(document, problems);
  const root = walk.node(document.contents, 0);
  return problems.length > 0 ? failed(problems) : { root, problems, position };
}

/** Turns the parser's nodes into ours: aliases resolved, merges spread. */
class Walk {
  private nodes = 0;

  constructor(
    private readonly document: Document,
    private readonly problems: SourceProblem[],
  ) {}

  node(node: unknown, depth: number): SourceNode {
    const offset = offsetOf(node);
    this.nodes += 1;
    // Aliases can make a small file unfold without end.
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) {
      return this.refuse(offset, 'aliases that unfold too far, or into themselves');
    }
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      return target
        ? this.node(target, depth + 1)
        : this.refuse(offset, 'an alias (*) of an anchor (&) that does not exist above');
    }
    if (isMap(node)) return { kind: 'map', entries: this.entries(node.items, depth), offset };
    if (isSeq(node))
      return { kind: 'list', items: node.items.map((item) => this.node(item, depth + 1)), offset };
    if (!isScalar(node)) return { kind: 'empty', offset };
    const text = typeof node.value === 'string' ? node.value : '';
    if (node.type !== 'PLAIN' && node.type !== undefined) return { kind: 'scalar', text, offset };
    if (text === '') return { kind: 'empty', offset };
    return /^(?:~|null|Null|NULL|None)$/.test(text)
      ? { kind: 'null', offset }
      : { kind: 'scalar', text, offset };
  }

  private entries(pairs: readonly Pair[], depth: number): SourceEntry[] {
    const own: SourceEntry[] = [];
    const merged: SourceEntry[] = [];
    for (const { key, value } of pairs) {
      const keyOffset = offsetOf(key);
      if (!isScalar(key) || typeof key.value !== 'string' || key.value === '') {
        this.problems.push({ offset: keyOffset, message: 'a key must be a plain text' });
      } else if (key.value === '<<') {
        merged.push(...this.mergedEntries(value, depth));
      } else {
        own.push({ key: key.value, keyOffset, value: this.node(value, depth + 1), merged: false });
      }
    }
    return [...own, ...merged];
  }

  private mergedEntries(value: unknown, depth: number): SourceEntry[] {
    const source = this.node(value, depth + 1);
    const maps = source.kind === 'list' ? source.items : [source];
    return maps.flatMap((map) => {
      if (map.kind === 'map') return map.entries.map((entry) => ({ ...entry, merged: true }));
      this.problems.push({
        offset: map.offset,
        message: '<< needs an alias of a mapping, or a list of such',
      });
      return [];
    });
  }

  private refuse(offset: number, message: string): SourceNode {
    if (!this.problems.some((problem) => problem.message === message))
      this.problems.push({ offset, message });
    return { kind: 'empty', offset };
  }
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

/** One mistake often makes several errors on its line: the first is the one to repair. */
function firstPerLine(problems: readonly SourceProblem[], position: Source['position']): SourceProblem[] {
  const byLine = new Map<number, SourceProblem>();
  for (const problem of [...problems].sort((a, b) => a.offset - b.offset)) {
    const { line } = position(problem.offset);
    if (!byLine.has(line)) byLine.set(line, problem);
  }
  return [...byLine.values()];
}

function isDeeperThan(root: CST.Token, limit: number): boolean {
  const open: { token: CST.Token; depth: number }[] = [{ token: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > limit) return true;
    if ('value' in token && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return false;
}
