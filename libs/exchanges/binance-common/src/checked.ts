import { explain, type Answer } from './http/rest.js';

/** What could be found out; `problem` in place of what could not. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What an answer says. */
export function checked<T, R>(answer: Answer<T>, of: (value: T) => R): Checked<R> {
  return answer.kind === 'ok'
    ? { ok: true, value: of(answer.value) }
    : { ok: false, problem: explain(answer) };
}
