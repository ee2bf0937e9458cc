import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Stage, until } from './stage';
import { CLIENT_ACCESS_KEY_ID } from '../../../rehearsal/clients';
import type { ClientReport, ClientSignIn } from '../../../rehearsal/report/model';
import { CertificateAuthority } from '../../../rehearsal/tls/certificate-authority';

const stage = new Stage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());

const signInsOf = (reports: readonly ClientReport[]): readonly ClientSignIn[] => reports.flatMap(report => report.signIns);
const outcomesOf = (reports: readonly ClientReport[]): Set<string> => new Set(signInsOf(reports).map(({ outcome, code }) => code ?? outcome));

describe('clients', () => {
  test('are ten that read each time, ten with a time to live and five that refresh on failure', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, {}, { perGroup: undefined });
    await until(() => user.reads() >= 25);
    const reports = await clients.stop();
    expect(reports.map(({ group }) => group)).toEqual([
      ...Array.from({ length: 10 }, () => 'each-time'), ...Array.from({ length: 10 }, () => 'time-to-live'), ...Array.from({ length: 5 }, () => 'on-failure'),
    ]);
    expect(new Set(reports.map(({ name }) => name)).size).toBe(25);
  });

  test('sign in over and over, and write down when, how long and with which version', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'each-time': 2 });
    await until(() => user.reads() >= 6);
    const reports = await clients.stop();
    const version = await user.version();
    for (const { signIns, surfaced } of reports) {
      expect(signIns.length).toBeGreaterThan(0);
      expect(surfaced).toBe(0);
      expect(signIns.map(({ atMs }) => atMs)).toEqual(signIns.map(({ atMs }) => atMs).sort((a, b) => a - b));
    }
    for (const signIn of signInsOf(reports)) {
      expect(signIn).toEqual({ atMs: expect.any(Number), durationMs: expect.any(Number), outcome: 'accepted', version });
      expect(signIn.atMs).toBeGreaterThanOrEqual(0);
      expect(signIn.durationMs).toBeGreaterThan(0);
    }
  });

  test('sign their calls with a key of their own', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'each-time': 1 });
    await until(() => user.reads() >= 1);
    await clients.stop();
    expect(stage.service.calls.filter(call => call.accessKeyId === CLIENT_ACCESS_KEY_ID).length).toBeGreaterThan(0);
  });

  test('report no credential', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'each-time': 1, 'on-failure': 1 });
    await until(() => user.reads() >= 2);
    const changed = await user.changePassword();
    await until(() => user.refusals() >= 1);
    await user.tell(changed);
    const reports = JSON.stringify(await clients.stop());
    expect(reports).toContain('28P01');
    expect(reports).not.toContain(user.login.password);
    expect(reports).not.toContain(changed.password);
  });

  test('are not led astray by the environment of whoever rehearses', async () => {
    const user = await stage.user();
    const before = { ...process.env };
    Object.assign(process.env, { PGOPTIONS: '-c no_such_setting=1', PGSSLMODE: 'disable', AWS_PROFILE: 'no-such-profile', NODE_OPTIONS: '--require ./no-such-file' });
    try {
      const clients = await stage.clients(user.arn, { 'each-time': 1 });
      await until(() => user.reads() >= 2);
      expect(outcomesOf(await clients.stop())).toEqual(new Set(['accepted']));
    } finally {
      process.env = before;
    }
  });

  test('go when the rehearsal goes', async () => {
    const entry = join(__dirname, '..', '..', '..', 'rehearsal', 'clients', 'clients.entry.ts');
    const child = fork(entry, [], { execArgv: ['--require', 'tsx/cjs'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const exited = once(child, 'exit');
    child.send({
      kind: 'start',
      settings: {
        secretArn: 'arn', secretsManagerEndpoint: 'http://127.0.0.1:9', region: 'us-east-1', hosts: {}, caPem: '', timeToLiveMs: 1, epochMs: 0,
      },
    });
    await once(child, 'message');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });
});

describe('a password changed by hand', () => {
  test('is met by each-time clients with the version that is behind, and with no other', async () => {
    const user = await stage.user();
    const old = await user.version();
    const clients = await stage.clients(user.arn, { 'each-time': 3 });
    await until(() => user.reads() >= 3);
    const changed = await user.changePassword();
    await until(() => user.refusals() >= 3);
    const current = await user.tell(changed);
    const readsWhenTold = user.reads();
    await until(() => user.reads() >= readsWhenTold + 6);
    const reports = await clients.stop();
    const refused = signInsOf(reports).filter(({ outcome }) => outcome === 'refused');
    expect(refused.length).toBeGreaterThanOrEqual(3);
    expect(new Set(refused.map(({ version, code }) => `${version} ${code}`))).toEqual(new Set([`${old} 28P01`]));
    expect(reports.map(({ signIns }) => signIns.at(-1))).toEqual(reports.map(() => expect.objectContaining({ outcome: 'accepted', version: current })));
    expect(reports.reduce((sum, { surfaced }) => sum + surfaced, 0)).toBe(refused.length);
  });

  test('never surfaces from on-failure clients: they refresh, and retry until the secret has caught up', async () => {
    const user = await stage.user();
    const old = await user.version();
    const clients = await stage.clients(user.arn, { 'on-failure': 3 });
    await until(() => user.reads() >= 3);
    const changed = await user.changePassword();
    await until(() => user.refusals() >= 6);
    const current = await user.tell(changed);
    const reports = await clients.stop();
    expect(reports.map(({ surfaced }) => surfaced)).toEqual([0, 0, 0]);
    const met = reports.filter(({ signIns }) => signIns.some(({ outcome }) => outcome === 'refused')); // a client may have had no turn yet
    expect(met.length).toBeGreaterThan(0);
    expect(met.map(({ signIns }) => signIns.at(-1))).toEqual(met.map(() => expect.objectContaining({ outcome: 'accepted', version: current })));
    const refused = signInsOf(reports).filter(({ outcome }) => outcome === 'refused');
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect(new Set(refused.map(({ version }) => version))).toEqual(new Set([old]));
  });

  test('surfaces once from an on-failure client when the secret never catches up', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'on-failure': 1 });
    await until(() => user.reads() >= 1);
    await user.changePassword();
    await until(() => user.refusals() >= 1);
    const [report] = await clients.stop();
    expect(report?.surfaced).toBe(1);
    expect(report?.signIns.filter(({ outcome }) => outcome === 'refused')).toHaveLength(11);
  });

  test('is met at every sign-in by a time-to-live client whose copy is young', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'time-to-live': 1 });
    await until(() => user.reads() >= 1);
    await user.tell(await user.changePassword());
    await until(() => user.refusals() >= 3);
    const [report] = await clients.stop();
    expect(user.reads()).toBe(1);
    expect(report?.surfaced).toBeGreaterThanOrEqual(3);
    expect(report?.signIns.at(-1)?.outcome).toBe('refused');
  });
});

describe('a time-to-live client', () => {
  test('reads the secret again once its copy is old enough', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'time-to-live': 1 }, { timeToLiveMs: 700 });
    await until(() => user.reads() >= 3);
    const [report] = await clients.stop();
    expect(user.reads()).toBeLessThan(report?.signIns.length ?? 0);
  });
});

describe('an each-time client', () => {
  test('reads the secret before every sign-in', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'each-time': 2 });
    await until(() => user.reads() >= 6);
    const reports = await clients.stop();
    expect(user.reads()).toBe(signInsOf(reports).length);
  });
});

describe('a sign-in', () => {
  test('fails as an error, not as a refusal, over TLS of an authority that is not trusted', async () => {
    const user = await stage.user();
    const clients = await stage.clients(user.arn, { 'each-time': 1 }, { caPem: new CertificateAuthority('another').certificate });
    await until(() => user.reads() >= 1);
    const reports = await clients.stop();
    expect(outcomesOf(reports)).toEqual(new Set(['UNABLE_TO_VERIFY_LEAF_SIGNATURE']));
    expect(signInsOf(reports).every(({ outcome }) => outcome === 'error')).toBe(true);
  });

  test('fails as an error at a server whose certificate is for another name', async () => {
    const user = await stage.user({ host: 'other.example.com' });
    const clients = await stage.clients(user.arn, { 'each-time': 1 }, { hosts: { 'other.example.com:5432': `127.0.0.1:${stage.postgres.server.port}` } });
    await until(() => user.reads() >= 1);
    expect(outcomesOf(await clients.stop())).toEqual(new Set(['ERR_TLS_CERT_ALTNAME_INVALID']));
  });

  test('fails as an error at a host that the rehearsal does not stand in for', async () => {
    const user = await stage.user({ host: 'unknown.example.com' });
    const clients = await stage.clients(user.arn, { 'each-time': 1 });
    await until(() => user.reads() >= 1);
    expect(outcomesOf(await clients.stop())).toEqual(new Set(['ENOTFOUND']));
  });

  test('fails as an error without a version when there is no secret to read', async () => {
    const clients = await stage.clients('arn:aws:secretsmanager:us-east-1:111122223333:secret:none-AbCdEf', { 'each-time': 1 });
    await until(() => stage.service.calls.some(call => call.outcome === 'ResourceNotFoundException'));
    const reports = await clients.stop();
    expect(outcomesOf(reports)).toEqual(new Set(['ResourceNotFoundException']));
    expect(signInsOf(reports).every(({ version }) => version === '')).toBe(true);
  });
});
