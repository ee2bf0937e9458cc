/** Text that is HTML or SVG already: everything else is escaped where it is put in. */
export class Markup {
  constructor(private readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export type Content = Markup | string | number | readonly Content[];

/** Template tag for HTML and SVG: what is put in is escaped, unless it was made by this tag. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + render(contents[index - 1] ?? '') + part));
}

/** Style sheets and path data of our own, in which nothing comes from outside. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** Content or nothing. */
export function when(condition: unknown, content: () => Content): Content {
  return condition ? content() : '';
}

function render(content: Content): string {
  if (content instanceof Markup) return content.toString();
  if (typeof content === 'object') return content.map(render).join('');
  return escape(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' };
// XML 1.0 allows no other control characters than these three, not even escaped (section 2.2).
const NOT_XML = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

function escape(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"']/g, character => ENTITIES[character] ?? character);
}
