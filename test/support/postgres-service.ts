import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Login, testAuthority, TestPostgres, uniqueName } from './postgres';
import { Credential, StoredCredential } from '../../lambda/engine/contract/credential';
import { Deadline } from '../../lambda/engine/contract/deadline';
import { RotationError } from '../../lambda/engine/contract/errors';
import type { Invocation } from '../../lambda/engine/contract/invocation';
import type { LogFields } from '../../lambda/engine/contract/log';
import { Measurements } from '../../lambda/engine/contract/measurements';
import type { PasswordSession } from '../../lambda/engine/contract/password-session';
import type { CertificateAuthorityFiles } from '../../lambda/services/postgres/certificate-authorities';
import { Connector } from '../../lambda/services/postgres/connector';
import { TlsWire } from '../../lambda/services/postgres/wire';
import type { PostgresRotationConfig } from '../../src/private/rotation-config';

const bundles: string[] = [];
afterAll(() => bundles.forEach(bundle => rmSync(bundle, { recursive: true, force: true })));

const PASSWORD_POLICY = {
  length: 32, excludeCharacters: '', excludeLowercase: false, excludeUppercase: false, excludeNumbers: false, excludePunctuation: false, requireEachIncludedType: true,
};

export interface LogLine extends LogFields {
  readonly level: 'info' | 'warn';
  readonly message: string;
}

export interface TestInvocation extends Invocation {
  readonly lines: readonly LogLine[];
}

export function testInvocation(remainingMs = 30_000): TestInvocation {
  const lines: LogLine[] = [];
  return {
    lines,
    deadline: new Deadline(remainingMs),
    measurements: new Measurements(),
    log: {
      info: (message, fields) => { lines.push({ level: 'info', message, ...fields }); },
      warn: (message, fields) => { lines.push({ level: 'warn', message, ...fields }); },
    },
  };
}

/** The configuration of a rotation of `username` on a test's server. */
export function configFor(postgres: TestPostgres, username: string, overrides: Partial<PostgresRotationConfig> = {}): PostgresRotationConfig {
  return { ...postgres.endpoint, databaseName: 'postgres', username, passwordPolicy: PASSWORD_POLICY, ...overrides };
}

export function connectorFor(config: PostgresRotationConfig, invocation: Invocation = testInvocation(), authorities = trusting()): Connector {
  return new Connector(config, invocation, new TlsWire(config.customCertificateAuthority, authorities));
}

/** CA files as they lie beside a bundle, made of the given ones; removed after the suite. */
export function trusting(pem: string = testAuthority.certificate): CertificateAuthorityFiles {
  const bundle = mkdtempSync(join(tmpdir(), 'ca-'));
  bundles.push(bundle);
  mkdirSync(join(bundle, 'ca'));
  writeFileSync(join(bundle, 'ca', 'us-east-1.pem'), pem);
  return { bundle, region: 'us-east-1', runtimeFile: join(bundle, 'none.pem') };
}

export function credentialOf({ username, password }: Login): Credential {
  return new Credential(username, password);
}

/** A new password for a user, as a version of a secret holds it. */
export function pendingFor(username: string, password: string = uniqueName('new')): StoredCredential {
  return {
    credential: new Credential(username, password),
    secretArn: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:app-AbCdEf',
    versionId: `version-${uniqueName('v')}-0123456789`,
  };
}

/** The error that a promise must end with. */
export async function rejection(promise: Promise<unknown>): Promise<RotationError> {
  const error: unknown = await promise.then(() => undefined, (thrown: unknown) => thrown);
  if (error instanceof RotationError) return error;
  throw new Error(error === undefined ? 'nothing was thrown' : 'something other than a RotationError was thrown', { cause: error });
}

/** The change that a cut-over makes, at once. */
export async function applyChange(session: PasswordSession, pending: StoredCredential): Promise<void> {
  const apply = await session.prepareChange(pending);
  await apply();
}
