import { Deadline } from '../../../../lambda/engine/contract/deadline';
import { NoVerdict, PasswordRejected, RotationError, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { Invocation } from '../../../../lambda/engine/contract/invocation';
import { Measurements } from '../../../../lambda/engine/contract/measurements';
import { ownCredentials } from '../../../../lambda/services/custom/own-credentials';
import type { ChosenCredentials, IssuedCredentials, SecretFields, ServiceContext } from '../../../../service';
import { loaded } from '../../../support/custom-service';

const invocation: Invocation = { deadline: new Deadline(10_000), measurements: new Measurements(), log: { info: () => undefined, warn: () => undefined } };
const context: ServiceContext = { superuser: async () => ({ token: 'the-token-of-the-admin' }), signal: new AbortController().signal, note: () => undefined };

/** A service whose members are given as source text, over one that works. */
function service(members: string): IssuedCredentials {
  return own(`{ family: 'issued', slots: 2, facts: { host: 'keys.example.com:443' }, idOf: ({ id }) => id, list: async () => [],
    issue: async () => ({ id: 'a', fields: { id: 'a', key: 'the-secret-key' } }), verify: async () => undefined, retire: async () => undefined, ${members} }`) as IssuedCredentials;
}

function own(source: string): IssuedCredentials | ChosenCredentials {
  return ownCredentials(loaded(`exports.contractVersion = 1; exports.createService = (context) => (${source});`), context, invocation);
}

async function failureOf(call: () => unknown): Promise<RotationError> {
  try {
    await call();
  } catch (error: unknown) {
    return error as RotationError;
  }
  throw new Error('nothing failed');
}

const throwing = (code: string, message = 'the service says why'): string => `verify: async () => { throw Object.assign(new Error('${message}'), { code: '${code}', remedy: 'Do this' }); }`;

describe('a service of one\'s own', () => {
  test.each([
    ['issue', '{ family: \'issued\', slots: 2, idOf() {}, list() {}, verify() {}, retire() {} }'],
    ['apply', '{ family: \'chosen\', fieldsOf() {}, principalOf() {}, verify() {} }'],
    ['slots', '{ family: \'issued\', slots: 1, idOf() {}, list() {}, issue() {}, verify() {}, retire() {} }'],
    ['slots', '{ family: \'issued\', slots: 13, idOf() {}, list() {}, issue() {}, verify() {}, retire() {} }'],
    ['family', '{ family: \'users\', signIn() {} }'],
    ['family', 'undefined'],
  ])('fails before anything is done when its %s does not fit', async (what, source) => {
    expect((await failureOf(() => own(source))).message).toMatch(new RegExp(`CONTRACT_MISMATCH.*${what}`));
  });

  test.each([
    ['REFUSED', SignInRefused, 'SIGN_IN_REFUSED'],
    ['REJECTED', PasswordRejected, 'PASSWORD_REJECTED'],
    ['UNREACHABLE', NoVerdict, 'SERVICE_UNREACHABLE'],
    ['BUSY', NoVerdict, 'SERVICE_BUSY'],
    ['QUOTA_EXCEEDED', RotationError, 'QUOTA_EXCEEDED'],
    ['PERMISSION_DENIED', RotationError, 'PERMISSION_DENIED'],
    ['USER_MISSING', RotationError, 'USER_MISSING'],
    ['SUPERUSER_REFUSED', RotationError, 'SUPERUSER_REFUSED'],
  ])('says %s, and the engine understands', async (code, kind, expected) => {
    const failure = await failureOf(() => service(throwing(code)).verify({}));
    expect(failure).toBeInstanceOf(kind);
    expect([failure.code, failure.reason, failure.remedy]).toEqual([expected, 'the service says why', 'Do this']);
  });

  test('fails in a way that it does not name: only the kind and the place are told', async () => {
    const failure = await failureOf(() => service('verify: async () => { throw new RangeError(\'hunter2-in-a-message\'); }').verify({}));
    expect(failure.message).toMatch(/SERVICE_FAILED: verify.*RangeError at .*service\.js/);
    expect(failure.message).not.toMatch(/hunter2/);
  });

  test('repeats a credential in a message, and is not quoted', async () => {
    const members = 'verify: async ({ key }) => { throw Object.assign(new Error(`refused: ${key}`), { code: \'REFUSED\', remedy: `try ${key}` }); }';
    const failure = await failureOf(() => service(members).verify({ id: 'a', key: 'the-secret-key' }));
    expect(failure).toBeInstanceOf(SignInRefused);
    expect(failure.message).not.toMatch(/the-secret-key/);
  });

  test('repeats the superuser\'s token in a message, and is not quoted', async () => {
    const members = 'verify: async () => { const { token } = await context.superuser(); throw Object.assign(new Error(token), { code: \'BUSY\' }); }';
    expect((await failureOf(() => service(members).verify({}))).message).not.toMatch(/the-token-of-the-admin/);
  });

  test('may name its host and the id of a credential in a message', async () => {
    const members = 'verify: async ({ id, host }) => { throw Object.assign(new Error(`${host} refuses ${id}`), { code: \'REFUSED\' }); }';
    expect((await failureOf(() => service(members).verify({ id: 'key-number-one', host: 'keys.example.com:443' }))).reason).toBe('keys.example.com:443 refuses key-number-one');
  });

  test.each([
    ['no array', 'undefined'],
    ['no Date', '[{ id: \'a\', createdAt: \'2026-01-01\', active: true }]'],
    ['no id', '[{ createdAt: new Date(), active: true }]'],
    ['one id twice', '[1, 2].map(() => ({ id: \'a\', createdAt: new Date(), active: true }))'],
    ['more than a principal can have', 'Array.from({ length: 13 }, (_, index) => ({ id: `a${index}`, createdAt: new Date(), active: true }))'],
  ])('fails when list answers %s', async (_, answer) => {
    expect((await failureOf(() => service(`list: async () => (${answer})`).list())).message).toMatch(/SERVICE_FAILED: list/);
  });

  test.each([['nothing', 'undefined'], ['fields of another id', '{ id: \'a\', fields: { id: \'b\' } }']])('fails when issue answers %s', async (_, answer) => {
    expect((await failureOf(() => service(`issue: async () => (${answer})`).issue())).message).toMatch(/SERVICE_FAILED: issue/);
  });

  test('lets a fence that throws within apply pass as it is', async () => {
    const overtaken = new RotationError('ROTATION_SUPERSEDED', 'overtaken', { remedy: 'none' });
    const chosen = own('{ family: \'chosen\', fieldsOf() {}, principalOf: () => \'app\', verify() {}, apply: async (accepted, fence) => { await fence(); } }') as ChosenCredentials;
    const apply = (): Promise<void> => chosen.apply([{ password: 'the-new-password' } as SecretFields], () => Promise.reject(overtaken));
    expect(await failureOf(apply)).toBe(overtaken);
  });
});
