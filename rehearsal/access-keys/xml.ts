/** Text, a structure whose undefined members are left out, or a list of `member` elements. */
export type XmlContent = string | readonly XmlContent[] | { readonly [name: string]: XmlContent | undefined };

export function element(name: string, content: XmlContent, namespace?: string): string {
  const attribute = namespace === undefined ? '' : ` xmlns="${escaped(namespace)}"`;
  return `<${name}${attribute}>${rendered(content)}</${name}>`;
}

/** Whole seconds: IAM and STS tell no fraction. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function rendered(content: XmlContent): string {
  if (typeof content === 'string') return escaped(content);
  if (isList(content)) return content.map(member => element('member', member)).join('');
  return Object.entries(content).map(([name, member]) => member === undefined ? '' : element(name, member)).join('');
}

function isList(content: XmlContent): content is readonly XmlContent[] {
  return Array.isArray(content);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&apos;', '\r': '&#xD;' };

/** A bare carriage return would be read as a line feed; other control characters XML 1.0 cannot say at all (its sections 2.2 and 2.11). */
function escaped(text: string): string {
  return text.replace(/[&<>"'\r]/g, character => ENTITIES[character] ?? character)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
