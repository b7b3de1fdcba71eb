import { bad, bold, dim, good } from '@bowline/report';

/** Colors of a terminal, or none. */
export interface Paint {
  bad(text: string): string;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
}

const plain = (text: string): string => text;
const PLAIN: Paint = { bad: plain, bold: plain, dim: plain, good: plain };
const COLORS: Paint = { bad, bold, dim, good };

export function paintFor(color: boolean): Paint {
  return color ? COLORS : PLAIN;
}
