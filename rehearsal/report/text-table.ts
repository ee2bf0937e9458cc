import { printable } from './printable';

/** A label and what is said of it. */
export type Row = readonly [label: string, text: string];

const WIDTH = 100;
const INDENT = 2;
const LABEL = 21;

/** Rows of two columns, the second wrapped. */
export function table(rows: readonly Row[]): string {
  return rows.flatMap(([label, text]) => hanging(' '.repeat(INDENT) + label.padEnd(LABEL), INDENT + LABEL, text)).join('\n');
}

/** A wrapped text behind a mark one column wide. */
export function entry(mark: string, text: string): string {
  return hanging(`${' '.repeat(INDENT)}${mark} `, INDENT + 2, text).join('\n');
}

export function paragraph(text: string): string {
  return hanging(' '.repeat(INDENT), INDENT, text).join('\n');
}

/** `start` may hold colours, so its width is told. */
function hanging(start: string, width: number, text: string): string[] {
  return wrap(printable(text), WIDTH - width).map((line, index) => (index === 0 ? start : ' '.repeat(width)) + line);
}

/** Breaks at spaces; words longer than a line, as ARNs can be, wherever the line ends. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let rest = text; ; ) {
    if (rest.length <= width) return [...lines, rest];
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
}
