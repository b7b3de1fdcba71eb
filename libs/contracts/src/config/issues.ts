import type { z } from 'zod';
import type { Problems } from './problems.js';
import type { LeafParams } from './schema/fields.js';
import { unknownKey } from './unknown-key.js';
import type { SourceNode } from './yaml/source.js';

type Issue = z.core.$ZodIssue;

/** Says what zod found in the words, and at the places, of the file. */
export function reportIssues(issues: readonly Issue[], problems: Problems): void {
  for (const issue of issues) {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      const known = problems.places.get(path)?.known ?? [];
      for (const key of issue.keys) problems.atKey([...path, key], unknownKey(key, known, path));
    } else if (issue.code === 'invalid_key') {
      problems.atKey(path, issue.issues[0]?.message ?? 'not usable as an id');
    } else {
      const node = problems.places.get(path)?.node;
      // A key without a value has been reported when it was read.
      if (node?.kind === 'empty' && issue.code === 'invalid_type') continue;
      const { secret, hint } = leafParams(issue);
      const got = node
        ? `${expectation(issue)}, got ${shown(node, secret)}`
        : `missing; ${expectation(issue)}`;
      problems.atValue(path, hint === undefined ? got : `${got}; ${hint}`);
    }
  }
}

function leafParams(issue: Issue): LeafParams {
  const params = issue.code === 'custom' ? issue.params : undefined;
  return { secret: params?.['secret'] === true, hint: params?.['hint'] as string | undefined };
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record'))
    return 'expected a mapping';
  if (issue.code === 'invalid_type' && issue.expected === 'array') return 'expected a list';
  if (issue.code === 'invalid_union' && 'options' in issue)
    return `expected one of ${String(issue.options).replaceAll(',', ', ')}`;
  return issue.message;
}

/** The value, as far as it may be shown: short, and nothing that could be a secret in a wrong place. */
export function shown(node: SourceNode, secret = false): string {
  switch (node.kind) {
    case 'map':
      return 'a mapping';
    case 'list':
      return 'a list';
    case 'null':
      return 'null';
    case 'empty':
      return 'nothing';
    case 'scalar': {
      if (secret || /key|secret|token|passw/i.test(node.text)) return 'a text that is not shown here';
      const short = node.text.length > 40 ? `${node.text.slice(0, 40)}...` : node.text;
      return /^[\w.+-]+$/.test(short) ? short : JSON.stringify(short);
    }
  }
}
