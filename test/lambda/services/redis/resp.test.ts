import { decode, encode, ErrorReply, NotResp, Reply } from '../../../../lambda/services/redis/resp';

const REPLIES: readonly (readonly [string, Reply])[] = [
  ['+OK\r\n', 'OK'],
  ['+\r\n', ''],
  [':-12\r\n', -12],
  ['$5\r\nhello\r\n', 'hello'],
  ['$0\r\n\r\n', ''],
  ['$7\r\na\r\nb\r\nc\r\n', 'a\r\nb\r\nc'],
  ['$3\r\n€\r\n', '€'],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['*0\r\n', []],
  ['*3\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n+b\r\n', ['a', [1, null], 'b']],
];

describe('a reply', () => {
  test.each(REPLIES)('%j is %j, and nothing before its last byte has come', (text, reply) => {
    const bytes = Buffer.from(text);
    expect(decode(bytes)).toEqual({ reply, end: bytes.length });
    for (let length = 0; length < bytes.length; length++) expect(decode(bytes.subarray(0, length))).toBeUndefined();
  });

  test('ends where the next one begins', () => {
    expect(decode(Buffer.from('+one\r\n+two\r\n'))).toEqual({ reply: 'one', end: 6 });
    expect(decode(Buffer.from('+one\r\n+two\r\n'), 6)).toEqual({ reply: 'two', end: 12 });
  });

  test.each([
    ['-WRONGPASS invalid username-password pair', 'WRONGPASS'], ['-ERR no', 'ERR'], ['-NOPERM', 'NOPERM'], ['-Secret1 no', 'an error without a code'], ['-', 'an error without a code'],
  ])('%s is an error with the code %s', (text, code) => {
    const reply = decode(Buffer.from(`${text}\r\n`))?.reply;
    expect(reply).toBeInstanceOf(ErrorReply);
    expect((reply as ErrorReply).code).toBe(code);
  });

  test.each(['HTTP/1.1 200 OK\r\n', ':one\r\n', '$1e3\r\n', '*\r\n', '\r\n', '%1\r\n'])('fails as no RESP2: %j', (text) => {
    expect(() => decode(Buffer.from(text))).toThrow(NotResp);
  });
});

test('a command is an array of texts, whose lengths count bytes', () => {
  expect(encode(['ACL', 'GETUSER', '€\r\n'])).toBe('*3\r\n$3\r\nACL\r\n$7\r\nGETUSER\r\n$5\r\n€\r\n\r\n');
});
