import { twinOf } from './overlay.js';
import { camelCase } from './suggest.js';
import type { SourceEntry, SourceNode } from './yaml/source.js';

/** A value in place of what the file says, or added to it: how a sweep tries several. */
export interface ConfigOverride {
  /** From the root: keys in either spelling, ids as they are. */
  readonly path: readonly string[];
  /** As it would stand in the file; `null` switches off. */
  readonly text: string;
  /** Where it comes from; begins every message about it. */
  readonly label: string;
}

/** Nodes that no file holds: below 0, and different for each override. */
function offsetOfOverride(index: number): number {
  return -1 - index;
}

/** Which override a node comes from; null for one of the file. */
export function overrideAt(offset: number): number | null {
  return offset < 0 ? -1 - offset : null;
}

/**
 * The configuration with the overrides in it. A distance that is set removes its twin (takeProfitPct that of
 * takeProfitSd), a sizing every other sizing: both together would be an error that nobody meant.
 */
export function applyOverrides(root: SourceNode, overrides: readonly ConfigOverride[]): SourceNode {
  return overrides.reduce(
    (node, { path, text }, index) => withValue(node, path, scalar(text, offsetOfOverride(index))),
    root,
  );
}

function scalar(text: string, offset: number): SourceNode {
  return text === 'null' ? { kind: 'null', offset } : { kind: 'scalar', text, offset };
}

function withValue(node: SourceNode, path: readonly string[], value: SourceNode): SourceNode {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  const entries = entriesOf(node);
  // What is not there yet is as new as the value.
  const offset = node.kind === 'map' ? node.offset : value.offset;
  const old = entries.find(({ key }) => sameKey(key, part));
  const entry: SourceEntry = {
    key: old?.key ?? part,
    keyOffset: old?.keyOffset ?? value.offset,
    value: withValue(old?.value ?? { kind: 'empty', offset: value.offset }, rest, value),
    merged: false,
  };
  const [below] = rest;
  const others = entries.filter(({ key }) => !sameKey(key, part));
  const kept = below === undefined ? others.filter(({ key }) => !excluded(part, key)) : others;
  return part === 'sizing' && below !== undefined
    ? { kind: 'map', offset, entries: [...kept, only(entry, below)] }
    : { kind: 'map', offset, entries: [entry, ...kept] };
}

/** A list of strategies is a map of them without overrides. */
function entriesOf(node: SourceNode): readonly SourceEntry[] {
  if (node.kind === 'map') return node.entries;
  if (node.kind !== 'list') return [];
  return node.items.flatMap((item) =>
    item.kind === 'scalar'
      ? [
          {
            key: item.text,
            keyOffset: item.offset,
            value: { kind: 'empty', offset: item.offset } as const,
            merged: false,
          },
        ]
      : [],
  );
}

/** The sizing with one of its ways only. */
function only(sizing: SourceEntry, way: string): SourceEntry {
  const entries = entriesOf(sizing.value).filter(({ key }) => sameKey(key, way));
  return { ...sizing, value: { kind: 'map', offset: sizing.value.offset, entries } };
}

function excluded(part: string, key: string): boolean {
  return twinOf(camelCase(part)) === camelCase(key);
}

function sameKey(a: string, b: string): boolean {
  return a === b || camelCase(a) === camelCase(b);
}
