/** The few forms of the Distinguished Encoding Rules (ITU-T X.690) that a certificate is made of. */
export type Der = Buffer;

export const sequence = (...parts: readonly Der[]): Der => element(0x30, ...parts);
export const set = (...parts: readonly Der[]): Der => element(0x31, ...parts);
export const utf8String = (text: string): Der => element(0x0c, Buffer.from(text, 'utf8'));
export const octetString = (content: Der): Der => element(0x04, content);
export const nothing = (): Der => element(0x05);
export const yes = (): Der => element(0x01, Buffer.from([0xff]));

/** `[tag]` around other elements. */
export const explicit = (tag: number, ...parts: readonly Der[]): Der => element(0xa0 + tag, ...parts);
/** `[tag]` in place of a primitive element's own tag. */
export const implicit = (tag: number, content: Buffer): Der => element(0x80 + tag, content);

export function integer(bytes: Buffer): Der {
  const positive = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]);
  return element(0x02, positive);
}

export function bitString(content: Buffer, unusedBits = 0): Der {
  return element(0x03, Buffer.from([unusedBits]), content);
}

export function objectIdentifier(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Years before 2050 have two digits, all others four (RFC 5280 section 4.1.2.5). */
export function time(date: Date): Der {
  const text = date.toISOString().replace(/\.\d+|[-:T]/g, '');
  return date.getUTCFullYear() < 2050 ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

export function pem(label: string, der: Der): string {
  const lines = der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}

/** Seven bits a byte; all but the last have the highest bit set. */
function base128(value: number): number[] {
  return digits(value, 128).map((digit, index, all) => (index < all.length - 1 ? 0x80 + digit : digit));
}

function element(tag: number, ...parts: readonly Buffer[]): Der {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

function length(value: number): number[] {
  if (value < 0x80) return [value];
  const bytes = digits(value, 256);
  return [0x80 + bytes.length, ...bytes];
}

function digits(value: number, base: number): number[] {
  return value < base ? [value] : [...digits(Math.floor(value / base), base), value % base];
}
