/**
 * RESP2, of which a rotation needs little. Written here rather than taken from a driver: drivers print the arguments of commands when the environment variable DEBUG
 * is set and keep them in their errors, and the argument of AUTH is a password. Servers speak RESP2 to all who do not say HELLO.
 *
 * @see https://valkey.io/topics/protocol/
 */
export type Reply = string | number | null | ErrorReply | readonly Reply[];

/** The server did not do what a command asked for. Its message may repeat arguments, so it is read and never passed on as it is. */
export class ErrorReply {
  constructor(readonly message: string) {}

  /** What errors are told apart by: `WRONGPASS`, `NOPERM`, mostly just `ERR`. */
  get code(): string {
    return /^[A-Z]{2,20}(?= |$)/.exec(this.message)?.[0] ?? 'an error without a code';
  }
}

/** What came is no RESP2: there is something else behind the port. */
export class NotResp extends Error {}

interface Decoded {
  readonly reply: Reply;
  /** Where the next one begins. */
  readonly end: number;
}

const LINE_END = '\r\n';

/** A command is an array of bulk strings, whose lengths count bytes. */
export function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}${LINE_END}${part}${LINE_END}`);
  return `*${command.length}${LINE_END}${parts.join('')}`;
}

/** The reply that begins there; undefined while a part of it is still to come. */
export function decode(bytes: Buffer, start = 0): Decoded | undefined {
  const lineEnd = bytes.indexOf(LINE_END, start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + LINE_END.length;
  switch (bytes.toString('latin1', start, start + 1)) {
    case '+': return { reply: line, end };
    case '-': return { reply: new ErrorReply(line), end };
    case ':': return { reply: integer(line), end };
    case '$': return decodeText(bytes, integer(line), end);
    case '*': return decodeArray(bytes, integer(line), end);
    default: throw new NotResp();
  }
}

function decodeText(bytes: Buffer, length: number, start: number): Decoded | undefined {
  if (length < 0) return { reply: null, end: start };
  const end = start + length + LINE_END.length;
  return end > bytes.length ? undefined : { reply: bytes.toString('utf8', start, start + length), end };
}

function decodeArray(bytes: Buffer, length: number, start: number): Decoded | undefined {
  if (length < 0) return { reply: null, end: start };
  const items: Reply[] = [];
  let end = start;
  while (items.length < length) {
    const item = decode(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}

function integer(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new NotResp();
  return Number(text);
}
