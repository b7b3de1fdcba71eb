import { fieldErrorText, type Problem } from '@bowline/contracts';

/** Why something was refused, in one line. */
export function reasonOf({ detail, errors, title }: Problem): string {
  return errors?.map(fieldErrorText).join('; ') ?? detail ?? title;
}
