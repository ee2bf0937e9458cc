import { Deadline } from '../../../../lambda/engine/contract/deadline';
import { NoVerdict, PasswordRejected, RotationError, SignInRefused } from '../../../../lambda/engine/contract/errors';
import { Invocation } from '../../../../lambda/engine/contract/invocation';
import { Measurements } from '../../../../lambda/engine/contract/measurements';
import { ownCredentials } from '../../../../lambda/services/custom/own-credentials';
import type { ChosenCredentials, IssuedCredentials, SecretFields, ServiceContext } from '../../../../service';
import { loaded } from '../../../support/custom-service';

let invocation: Invocation;
let notes: string[];

beforeEach(() => {
  notes = [];
  invocation = { deadline: new Deadline(400), measurements: new Measurements(), log: { info: () => undefined, warn: () => undefined } };
});

/** A service whose members are given as source text, over one that works. */
function service(members: string): IssuedCredentials {
  return own(`{ family: 'issued', slots: 2, facts: { host: 'keys.example.com:443' }, idOf: ({ id }) => id, list: async () => [],
    issue: async () => ({ id: 'a', fields: { id: 'a', key: 'the-secret-key' } }), verify: async () => undefined, retire: async () => undefined, ${members} }`) as IssuedCredentials;
}

/** The same for chosen credentials. */
function passwords(members: string): ChosenCredentials {
  return own(`{ family: 'chosen', fieldsOf: (password) => ({ username: 'app', password }), principalOf: ({ username }) => username, apply: async () => undefined, verify: async () => undefined, ${members} }`) as ChosenCredentials;
}

function own(source: string): IssuedCredentials | ChosenCredentials {
  const context: ServiceContext = {
    superuser: async () => ({ admin: { token: 'the-token-of-the-admin' } }),
    signal: AbortSignal.timeout(Math.ceil(invocation.deadline.remainingMs)),
    note: (message) => notes.push(message),
  };
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
    ['family', '(async () => { throw new Error(); })()'],
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
    ['DRIFT', RotationError, 'DRIFT'],
  ])('says %s, and the engine understands', async (code, kind, expected) => {
    const failure = await failureOf(() => service(throwing(code)).verify({}));
    expect(failure).toBeInstanceOf(kind);
    expect([failure.code, failure.reason, failure.remedy]).toEqual([expected, 'the service says why', 'Do this']);
  });

  test('says no remedy, and a default is told', async () => {
    const failure = await failureOf(() => service('verify: async () => { throw Object.assign(new Error(\'no\'), { code: \'REFUSED\' }); }').verify({}));
    expect(failure.remedy).toMatch(/code of the service/);
  });

  const throws = 'throw new RangeError(\'hunter2-in-a-message\\n    at hunter2 (service.js:1:1)\');';

  test.each([
    ['createService', () => own(`(() => { ${throws} })()`)],
    ['idOf', () => service(`idOf: () => { ${throws} }`).idOf({})],
    ['list', () => service(`list: () => { ${throws} }`).list()],
    ['issue', () => service(`issue: async () => { ${throws} }`).issue()],
    ['verify', () => service(`verify: async () => { ${throws} }`).verify({})],
    ['lastUsed', () => service(`lastUsed: async () => { ${throws} }`).lastUsed?.('a')],
    ['deactivate', () => service(`deactivate: async () => { ${throws} }`).deactivate?.('a')],
    ['retire', () => service(`retire: async () => { ${throws} }`).retire('a')],
    ['fieldsOf', () => passwords(`fieldsOf: () => { ${throws} }`).fieldsOf('the-new-password')],
    ['principalOf', () => passwords(`principalOf: () => { ${throws} }`).principalOf({})],
    ['apply', () => passwords(`apply: async () => { ${throws} }`).apply([], async () => undefined)],
    ['check', () => passwords(`check: async () => { ${throws} }`).check?.({})],
  ])('fails in %s in a way that it does not name: only the kind and the place are told', async (method, call) => {
    const failure = await failureOf(call);
    expect(failure).toBeInstanceOf(RotationError);
    expect(failure.message).toMatch(new RegExp(`SERVICE_FAILED: ${method} .*RangeError at .*service\\.js:\\d+:\\d+`));
    expect(failure.message).not.toMatch(/hunter2/);
  });

  test.each(['null', '"hunter2"', 'undefined', '{ message: "hunter2" }'])('throws %s, which is no error: nothing of it is told', async (thrown) => {
    const failure = await failureOf(() => service(`verify: async () => { throw ${thrown}; }`).verify({}));
    expect(failure.message).toMatch(/SERVICE_FAILED: verify.*unknown place/);
    expect(failure.message).not.toMatch(/hunter2/);
  });

  test('repeats a credential in a message, and is not quoted', async () => {
    const members = 'verify: async ({ key }) => { throw Object.assign(new Error(`refused: ${key}`), { code: \'REFUSED\', remedy: `try ${key}` }); }';
    const failure = await failureOf(() => service(members).verify({ id: 'a', key: 'the-secret-key' }));
    expect(failure).toBeInstanceOf(SignInRefused);
    expect(failure.message).not.toMatch(/the-secret-key/);
  });

  test.each([
    ['a nested member of a value', () => service('verify: async ({ auth }) => { throw Object.assign(new Error(auth.key), { code: \'BUSY\' }); }').verify({ auth: { key: 'the-secret-key' } })],
    ['what an earlier method was given', () => {
      const keys = service('idOf: (fields) => { context.seen = fields; return fields.id; }, retire: async () => { throw Object.assign(new Error(context.seen.key), { code: \'PERMISSION_DENIED\' }); }');
      keys.idOf({ id: 'a', key: 'the-secret-key' });
      return keys.retire('a');
    }],
    ['what it just issued', async () => {
      const keys = service('verify: async () => { throw Object.assign(new Error(\'the-secret-key\'), { code: \'PERMISSION_DENIED\' }); }');
      await keys.issue();
      return keys.verify({ id: 'a' });
    }],
    ['a value, in idOf', () => service('idOf: ({ key }) => { throw Object.assign(new Error(key), { code: \'USER_MISSING\' }); }').idOf({ key: 'the-secret-key' })],
    ['a password, in fieldsOf', () => passwords('fieldsOf: (password) => { throw Object.assign(new Error(password), { code: \'REJECTED\' }); }').fieldsOf('the-secret-key')],
    ['a password, in apply', () => passwords('apply: async ([{ password }]) => { throw Object.assign(new Error(password), { code: \'REJECTED\' }); }').apply([{ username: 'app', password: 'the-secret-key' }], async () => undefined)],
    ['a password, in the name of an error', () => passwords('check: async ({ password }) => { throw Object.assign(new Error(), { name: password }); }').check?.({ username: 'app', password: 'the-secret-key' })],
  ])('repeats %s in a message, and is not quoted', async (_, call) => {
    const failure = await failureOf(call);
    expect(failure).toBeInstanceOf(RotationError);
    expect(failure.message).not.toMatch(/the-secret-key/);
  });

  test('repeats a credential in a note, which is left out; other notes are logged', async () => {
    await service('verify: async ({ key }) => { context.note(key); context.note(\'the key service is slow today\'); }').verify({ id: 'a', key: 'the-secret-key' });
    expect(notes).toEqual([expect.not.stringContaining('the-secret-key'), 'the key service is slow today']);
  });

  test('repeats the superuser\'s token in a message, and is not quoted', async () => {
    const members = 'verify: async () => { const { admin: { token } } = await context.superuser(); throw Object.assign(new Error(token), { code: \'BUSY\' }); }';
    expect((await failureOf(() => service(members).verify({}))).message).not.toMatch(/the-token-of-the-admin/);
  });

  test('may name its host and the id of a credential in a message', async () => {
    const members = 'verify: async ({ id, host }) => { throw Object.assign(new Error(`${host} refuses ${id}`), { code: \'REFUSED\' }); }';
    expect((await failureOf(() => service(members).verify({ id: 'key-number-one', host: 'keys.example.com:443' }))).reason).toBe('keys.example.com:443 refuses key-number-one');
  });

  test.each([
    ['no array', 'undefined'],
    ['no Date', '[{ id: \'a\', createdAt: \'2026-01-01\', active: true }]'],
    ['nothing among credentials', '[null]'],
    ['a date that is none', '[{ id: \'a\', createdAt: new Date(NaN), active: true }]'],
    ['no id', '[{ createdAt: new Date(), active: true }]'],
    ['one id twice', '[1, 2].map(() => ({ id: \'a\', createdAt: new Date(), active: true }))'],
    ['more than a principal can have', 'Array.from({ length: 13 }, (_, index) => ({ id: `a${index}`, createdAt: new Date(), active: true }))'],
  ])('fails when list answers %s', async (_, answer) => {
    expect((await failureOf(() => service(`list: async () => (${answer})`).list())).message).toMatch(/SERVICE_FAILED: list/);
  });

  test.each([['nothing', 'undefined'], ['fields of another id', '{ id: \'a\', fields: { id: \'b\' } }']])('fails when issue answers %s', async (_, answer) => {
    expect((await failureOf(() => service(`issue: async () => (${answer})`).issue())).message).toMatch(/SERVICE_FAILED: issue/);
  });

  test.each([['a text', '\'yesterday\''], ['a date that is none', 'new Date(NaN)'], ['no date', 'undefined']])('fails when lastUsed answers %s: it must not count as never', async (_, at) => {
    expect((await failureOf(() => service(`lastUsed: async () => ({ at: ${at} })`).lastUsed?.('a'))).message).toMatch(/SERVICE_FAILED: lastUsed/);
  });

  test('answers when a credential was used, and by what, or that it never was', async () => {
    expect(await service('lastUsed: async () => ({ at: new Date(5), by: \'s3\' })').lastUsed?.('a')).toEqual({ at: new Date(5), by: 's3' });
    expect(await service('lastUsed: async () => undefined').lastUsed?.('a')).toBeUndefined();
  });

  test.each([
    ['idOf', 'a number', () => service('idOf: () => 7').idOf({})],
    ['idOf', 'an empty text', () => service('idOf: () => \'\'').idOf({})],
    ['principalOf', 'null', () => passwords('principalOf: () => null').principalOf({})],
    ['fieldsOf', 'a text', () => passwords('fieldsOf: (password) => password').fieldsOf('the-new-password')],
  ])('fails when %s answers %s', async (method, _, call) => {
    expect((await failureOf(call)).message).toMatch(new RegExp(`SERVICE_FAILED: ${method}`));
  });

  test.each([
    ['list', (keys: IssuedCredentials) => keys.list()],
    ['verify', (keys: IssuedCredentials) => keys.verify({ id: 'a' })],
    ['lastUsed', (keys: IssuedCredentials) => keys.lastUsed?.('a')],
    ['deactivate', (keys: IssuedCredentials) => keys.deactivate?.('a')],
    ['retire', (keys: IssuedCredentials) => keys.retire('a')],
  ])('is busy for a moment, and %s is tried again', async (method, call) => {
    const busyOnce = `async () => { if (!context.asked) { context.asked = true; throw Object.assign(new Error('busy'), { code: 'BUSY' }); } return ${method === 'list' ? '[]' : 'undefined'}; }`;
    await call(service(`${method}: ${busyOnce}`));
    expect(invocation.measurements.retries).toBe(1);
  });

  test('is busy, and issue is not tried again: there might be two credentials then', async () => {
    const failure = await failureOf(() => service('issue: async () => { context.note(\'issue\'); throw Object.assign(new Error(\'busy\'), { code: \'BUSY\' }); }').issue());
    expect(failure).toBeInstanceOf(NoVerdict);
    expect(notes).toEqual(['issue']);
  });

  test.each([
    ['heeds the signal', 'issue: () => new Promise((_, reject) => { context.signal.onabort = () => reject(context.signal.reason); })'],
    ['heeds nothing', 'issue: () => new Promise(() => undefined)'],
  ])('gives no answer and %s: the wait ends, and says what for', async (_, members) => {
    const failure = await failureOf(() => service(members).issue());
    expect(failure).toBeInstanceOf(NoVerdict);
    expect(failure.message).toMatch(/DEADLINE: issue/);
  });

  test('counts uses of a credential, and refusals', async () => {
    await service('').verify({ id: 'a' });
    await failureOf(() => service(throwing('REFUSED')).verify({ id: 'a' }));
    expect([invocation.measurements.signIns, invocation.measurements.signInsRefused]).toEqual([2, 1]);
  });

  test('lets a fence that throws within apply pass as it is', async () => {
    const overtaken = new RotationError('ROTATION_SUPERSEDED', 'overtaken', { remedy: 'none' });
    const chosen = own('{ family: \'chosen\', fieldsOf() {}, principalOf: () => \'app\', verify() {}, apply: async (accepted, fence) => { await fence(); } }') as ChosenCredentials;
    const apply = (): Promise<void> => chosen.apply([{ password: 'the-new-password' } as SecretFields], () => Promise.reject(overtaken));
    expect(await failureOf(apply)).toBe(overtaken);
  });
});
