import * as fc from 'fast-check';
import { unreasoned } from './reasoned';
import { runs } from './runs';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { AccessKeys } from '../../lambda/services/iam/access-keys';
import { LocalIam } from '../../rehearsal/access-keys';
import type { IamRotationConfig } from '../../src/private/rotation-config';
import { FAST } from '../support/access-key-rotation';
import { PASSWORD_POLICY, RotationRig, StepFailed } from '../support/rotation-rig';

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
/** IAM's own: "IAM and AWS STS quotas", names and paths. */
const NAME = fc.string({ unit: fc.constantFrom(...'azAZ09_+=,.@-'), minLength: 1, maxLength: 64 });
const VISIBLE = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code));
const PATH = fc.array(fc.string({ unit: VISIBLE, minLength: 1, maxLength: 12 }), { maxLength: 4 })
  .map((parts) => ['', ...parts, ''].join('/'));

let iam: LocalIam;
beforeEach(async () => {
  iam = new LocalIam();
  const { endpoint } = await iam.start();
  Object.assign(process.env, { AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint });
  iam.createUser('Canary');
  iam.createAccessKey('Canary');
});
afterEach(() => iam.stop());

describe('an IAM user', () => {
  test('of any name and path gets new keys, and nobody else does', async () => {
    const canary = iam.keys('Canary');
    await fc.assert(fc.asyncProperty(fc.uniqueArray(NAME, { minLength: 2, maxLength: 2 }), PATH, async ([userName = '', other = ''], path) => {
      fc.pre(!['Canary', ''].includes(userName) && ![userName, 'Canary'].includes(other) && isNew(userName) && isNew(other));
      const { arn } = iam.createUser(userName, path);
      iam.createUser(other, path);
      const others = iam.createAccessKey(other).accessKeyId;
      await within({ userName, userArn: arn }, { secretAccessKey: 'none' }, async (rig) => {
        for (let count = 1; count <= 3; count++) {
          await rig.rotate();
          iam.age(2 * DAY_MS);
        }
        expect(iam.keys(userName).map(({ accessKeyId }) => accessKeyId)).toContain(rig.labelled('AWSCURRENT')?.accessKeyId);
        expect(works(rig)).toBe('accepted');
        expect(iam.keys(other).map(({ accessKeyId }) => accessKeyId)).toEqual([others]);
      });
    }), runs(30));
    expect(iam.keys('Canary')).toEqual(canary.map((key) => ({ ...key, createDate: expect.any(Date) as Date })));
  });

  test('whose secret names any key gets a new one, or the rotation fails with a reason: no key of anybody else is touched', async () => {
    const { arn } = iam.createUser('mailer', '/app/');
    const canary = ids('Canary');
    await fc.assert(fc.asyncProperty(anyId(canary), fc.jsonValue(), async (named, secretAccessKey) => {
      ids('mailer').forEach((id) => iam.deleteAccessKey(id));
      await within({ userName: 'mailer', userArn: arn }, { accessKeyId: named, secretAccessKey }, async (rig) => {
        const failures = [];
        for (let count = 1; count <= 2; count++) {
          failures.push(await rig.rotate().then(() => undefined, (error: unknown) => error));
          iam.age(2 * DAY_MS);
        }
        for (const failure of failures.filter((one) => one !== undefined)) expect(reasonOf(failure)).toBeUndefined();
        if (failures[1] === undefined) expect(works(rig)).toBe('accepted');
        expect(ids('Canary')).toEqual(canary);
      });
    }), runs(30));
  });
});

async function within(user: Pick<IamRotationConfig, 'userName' | 'userArn'>, first: object, work: (rig: RotationRig) => Promise<void>): Promise<void> {
  const rig = await RotationRig.start<IamRotationConfig>({
    config: { service: 'iam', passwordPolicy: PASSWORD_POLICY, ...user },
    strategy: (read, invocation) => multiCredentialStrategy(() => new AccessKeys(read, invocation), read, FAST),
    secretString: JSON.stringify(first),
    remainingMs: 3_000,
  });
  try {
    await work(rig);
  } finally {
    await rig.stop();
  }
}

function reasonOf(failure: unknown): string | undefined {
  return failure instanceof StepFailed ? unreasoned(failure.cause) : `no step failed: ${String(failure)}`;
}

function works(rig: RotationRig): string {
  const { accessKeyId, secretAccessKey } = rig.labelled('AWSCURRENT') ?? {};
  return iam.use(String(accessKeyId), String(secretAccessKey), 's3');
}

function ids(userName: string): readonly string[] {
  return iam.keys(userName).map(({ accessKeyId }) => accessKeyId);
}

function isNew(userName: string): boolean {
  try {
    return iam.keys(userName) === undefined;
  } catch {
    return true;
  }
}

function anyId(others: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom<unknown>(...others, '', 'AKIAIOSFODNN7EXAMPLE', '*', '&UserName=Canary', 'A\r\nX: y', '\0', '../Canary', '__proto__', 'x'.repeat(5_000)),
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
  );
}
