/** Colours of a terminal, or none. */
export interface Ink {
  bold(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

/** What a stream has to tell for its colours to be chosen. */
export interface Terminal {
  readonly isTTY?: boolean;
}

const asItIs = (text: string): string => text;

export const PLAIN: Ink = { bold: asItIs, faint: asItIs, good: asItIs, bad: asItIs, warn: asItIs };

const COLOURS: Ink = { bold: sgr(1, 22), faint: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39), warn: sgr(33, 39) };

/** Colours for a terminal whose owner did not ask for none: https://no-color.org. */
export function inkFor(stream: Terminal, environment: NodeJS.ProcessEnv = process.env): Ink {
  return stream.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb' ? COLOURS : PLAIN;
}

/** Select Graphic Rendition: ECMA-48, 8.3.117. */
function sgr(on: number, off: number): (text: string) => string {
  return text => `\u001b[${on}m${text}\u001b[${off}m`;
}
