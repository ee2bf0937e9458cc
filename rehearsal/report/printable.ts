// Control characters, and the separators and overrides of Unicode that rearrange a line.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Text that cannot move a terminal's cursor: names and errors come from templates and servers. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}
