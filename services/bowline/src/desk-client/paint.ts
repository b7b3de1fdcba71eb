import { bad, bold, dim, good } from '@bowline/report';

/** Colors of a terminal, or none. */
export interface Paint {
  readonly bad: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
}

const plain = (text: string): string => text;
const PLAIN: Paint = { bad: plain, bold: plain, dim: plain, good: plain };
const COLORS: Paint = { bad, bold, dim, good };

export function paintFor(color: boolean): Paint {
  return color ? COLORS : PLAIN;
}
