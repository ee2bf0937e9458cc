import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as fc from 'fast-check';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { passwordPolicy } from './policies';
import { unreasoned } from './reasoned';
import { runs } from './runs';
import { computeVerifier } from '../../lambda/services/postgres/scram';
import { TestPostgres } from '../support/postgres';
import { PostgresRotation, StrategyKind } from '../support/postgres-rotation';
import { StepFailed } from '../support/rotation-rig';

jest.setTimeout(120_000);

const KINDS: readonly StrategyKind[] = ['single-user', 'superuser', 'alternating-users'];
const ITERATIONS = 4_096;
const SALT = Buffer.from('0123456789abcdef');
/** Whose verifier somebody writes into the secret as if it were a password. */
const ATTACKER = 'the-password-of-the-attacker';

const postgres = new TestPostgres(18, {});
beforeAll(() => postgres.start());
afterAll(() => postgres.stop());

describe.each(KINDS)('%s', (kind) => {
  let rotation: PostgresRotation;
  beforeAll(async () => {
    rotation = await PostgresRotation.start(kind, postgres);
    await rotation.rig.rotate(); // alternating users are made by the first
    if (kind === 'alternating-users') await rotation.rig.rotate();
  });
  afterAll(() => rotation.stop());

  /** Somebody sets the user's password, and stores it. */
  async function setByHand(password: string, verifier = escapeLiteral(password)): Promise<void> {
    await postgres.superuser.query(`ALTER ROLE ${escapeIdentifier(rotation.user.username)} PASSWORD ${verifier}`);
    await rotation.rig.putValue(rotation.rig.secretArn, JSON.stringify({ username: rotation.user.username, password }));
  }

  /** The rotation goes through; or, beyond ASCII, where drivers disagree on SASLprep, it fails with a reason and what was in force still is. */
  async function expectRotatedOrLeft(byHand: string): Promise<void> {
    const before = await state(rotation);
    const failure: unknown = await rotation.rig.rotate().then(() => undefined, (error: unknown) => error);
    expect(leaked(rotation)).toEqual([]);
    if (failure === undefined) return expect(await rotation.currentSignsIn()).toBe('accepted');
    expect(byHand).not.toMatch(/^[\x20-\x7e]*$/);
    expect(failure instanceof StepFailed ? unreasoned(failure.cause) : 'no step failed').toBeUndefined();
    expect(await state(rotation)).toEqual(before);
  }

  test('signs in with a password of any policy', async () => {
    await fc.assert(fc.asyncProperty(passwordPolicy(), async (policy) => {
      rotation.rig.configure({ passwordPolicy: policy });
      await rotation.rig.rotate();
      expect(await rotation.currentSignsIn()).toBe('accepted');
      expect(leaked(rotation)).toEqual([]);
    }), runs(25));
  });

  test('goes through with whatever ASCII password somebody set by hand; with another it may fail with a reason, and leaves it in force', async () => {
    await fc.assert(fc.asyncProperty(anyPassword(), async (byHand) => {
      await setByHand(byHand);
      await expectRotatedOrLeft(byHand);
    }), runs(25));
  });

  test('goes through with a password that looks like a verifier, for it is none', async () => {
    for (const lookAlike of await lookAlikes()) {
      await setByHand(lookAlike, escapeLiteral(await computeVerifier(lookAlike, { salt: SALT, iterations: ITERATIONS })));
      await rotation.rig.rotate();
      expect(await rotation.currentSignsIn()).toBe('accepted');
      expect(leaked(rotation)).toEqual([]);
    }
  });

  test('never takes a verifier in AWSPENDING for one: whose password it verifies is not let in', async () => {
    for (const lookAlike of await lookAlikes()) {
      const username = kind === 'alternating-users' ? other(rotation) : rotation.user.username;
      await stepsWithPending(rotation, { username, password: lookAlike });
      expect(await postgres.trySignIn({ username, password: ATTACKER })).toBe('28P01');
      expect(await rotation.currentSignsIn()).toBe('accepted');
      expect(rotation.rig.labelled('AWSCURRENT')).toMatchObject({ username, password: lookAlike });
    }
  });
});

/** All that must stay when a rotation fails: what is stored for the user, and which value is current. */
async function state({ rig, user }: PostgresRotation): Promise<unknown> {
  return [await postgres.storedPassword(user.username), rig.labelled('AWSCURRENT')];
}

/** What is long enough not to be in a log by chance. */
function leaked({ rig }: PostgresRotation): readonly string[] {
  const { versions } = rig.secretsManager.snapshot(rig.secretArn);
  const passwords = versions.flatMap(({ versionId, hasValue }) => (hasValue ? [String(rig.value(versionId)?.password)] : []));
  return passwords.filter((one) => one.length > 8 && rig.output.includes(one));
}

/** Whose turn it is. */
function other({ rig, user: { username } }: PostgresRotation): string {
  return rig.labelled('AWSCURRENT')?.username === username ? `${username}_clone` : username;
}

/** A rotation whose pending value somebody else stored before createSecret came to it. */
async function stepsWithPending({ rig }: PostgresRotation, value: object): Promise<void> {
  const token = rig.begin();
  await new SecretsManagerClient({}).send(new PutSecretValueCommand({
    SecretId: rig.secretArn, ClientRequestToken: token, SecretString: JSON.stringify(value), VersionStages: ['AWSPENDING'],
  }));
  await rig.steps(token);
}

/** Of the forms that PostgreSQL stores as they are (`ALTER ROLE … PASSWORD`), and of what looks like them. */
async function lookAlikes(): Promise<readonly string[]> {
  const verifier = await computeVerifier(ATTACKER, { salt: SALT, iterations: ITERATIONS });
  return [verifier, verifier.slice(0, -1), ` ${verifier}`, `${verifier}'`, 'SCRAM-SHA-256$', 'SCRAM-SHA-256$1:$:', `md5${'0123456789abcdef'.repeat(2)}`, 'md5', `MD5${'0'.repeat(32)}`];
}

function anyPassword(): fc.Arbitrary<string> {
  const special = fc.constantFrom(
    '\'', '"', '\\', '\\\'', '$$', '%s', ';--', ' ', ' app', 'app ', '\tapp\n', 'x'.repeat(1_000), '\'; DROP ROLE app; --', '{"password":1}',
    '\x7f', 'é', 'e\u0301', 'パスワード', '🐘', '\u00adsoft', '\u00a0', '\u200b', 'app\u0378', '\u0627\u0031', '\ufeff',
  );
  const any = fc.oneof(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 200 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).filter((text) => !text.includes('\0')));
  return fc.oneof(special, any).filter((text) => !/^(md5|SCRAM)/.test(text));
}
