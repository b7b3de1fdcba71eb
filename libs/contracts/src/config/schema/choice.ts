import { z } from 'zod';

/** As much of a value as is needed to tell which of two shapes it is meant to be. */
export interface Outline {
  readonly kind: 'scalar' | 'list' | 'map';
  /** Keys in camelCase, where it is a map. */
  readonly keys: readonly string[];
  /** Whether every value of the map is a map itself. */
  readonly nested: boolean;
}

export interface Choice {
  readonly isFirst: (outline: Outline) => boolean;
  readonly first: z.ZodType;
  readonly second: z.ZodType;
}

/** The two shapes of every schema that `choice` made. A registry of zod would rewrite the types of the schemas in it. */
export const choices = new WeakMap<z.ZodType, Choice>();

/**
 * A value that has one of two shapes. Unlike a union it is decided first which of them is meant, so that the
 * problems are those of that shape and not "matches none of these".
 */
export function choice<A extends z.ZodType, B extends z.ZodType>(
  isFirst: (outline: Outline) => boolean,
  first: A,
  second: B,
  { expected, meaning }: { readonly expected: string; readonly meaning: string },
) {
  const either = z.unknown().transform((value, context): z.output<A> | z.output<B> => {
    const outline = outlineOf(value);
    if (outline.kind === 'scalar') {
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    }
    const parsed = (isFirst(outline) ? first : second).safeParse(value);
    if (parsed.success) return parsed.data as z.output<A> | z.output<B>;
    const issues: readonly z.core.$ZodIssue[] = parsed.error.issues;
    context.issues.push(...issues.map((issue) => ({ ...issue, input: value }) as z.core.$ZodRawIssue));
    return z.NEVER;
  });
  const schema = either.describe(meaning);
  choices.set(schema, { isFirst, first, second });
  return schema;
}

function outlineOf(value: unknown): Outline {
  if (Array.isArray(value)) return { kind: 'list', keys: [], nested: false };
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', keys: [], nested: false };
  const nested = Object.values(value).every((child) => typeof child === 'object' && !Array.isArray(child));
  return { kind: 'map', keys: Object.keys(value), nested };
}
