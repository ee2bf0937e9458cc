import { randomUUID } from 'node:crypto';
import { Evidence, reportExtent } from './evidence';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { AccessKeys } from '../../lambda/services/iam/access-keys';
import { SmtpCredentials } from '../../lambda/services/ses/smtp-credentials';
import { LocalIam, QueryFaults } from '../../rehearsal/access-keys';
import { Fault } from '../../rehearsal/secrets-manager';
import { LocalSmtp, SmtpFault, SmtpFaults } from '../../rehearsal/smtp';
import { SesRotationConfig } from '../../src/private/rotation-config';
import { authority, genuine, REGION } from '../lambda/services/ses/ses-rig';
import { FAST } from '../support/access-key-rotation';
import { PASSWORD_POLICY, RotationRig, STEPS } from '../support/rotation-rig';

const DAY_MS = 86_400_000;
const ACCESS_DENIED = { kind: 'error', name: 'AccessDeniedException', message: 'not authorized', status: 400 } as const;
const SERVICES = ['iam', 'ses'] as const;
const searched: Evidence[] = [];
afterAll(() => reportExtent('Access keys and SMTP credentials', searched));

interface Faulty {
  iam: (action: string, moment: 'before' | 'after') => Fault | undefined;
  smtp: () => SmtpFault | undefined;
}

/** A rotation of the keys of a user in the local IAM, or of the SMTP credentials made of them, and all that is said about it. */
class WatchedKeys {
  static async start(service: (typeof SERVICES)[number]): Promise<WatchedKeys> {
    const evidence = new Evidence();
    evidence.listen();
    const faulty: Faulty = { iam: () => undefined, smtp: () => undefined };
    const iam = new LocalIam({ fault: ({ action, moment }) => faulty.iam(action, moment) });
    const { endpoint } = await iam.start();
    Object.assign(process.env, { AWS_ENDPOINT_URL_IAM: endpoint, AWS_ENDPOINT_URL_STS: endpoint });
    const smtp = new LocalSmtp({ iam, region: REGION, ...genuine, fault: () => faulty.smtp() });
    const port = Number((await smtp.start()).startTlsAddress.split(':')[1]);
    const userName = `app-${randomUUID().slice(0, 8)}`;
    const rig = await RotationRig.start<SesRotationConfig>({
      config: { service, userName, userArn: iam.createUser(userName).arn, passwordPolicy: PASSWORD_POLICY, sesRegion: REGION, smtpEndpoint: { host: 'localhost', port } },
      strategy: (config, invocation) => evidence.watching(multiCredentialStrategy(
        () => (service === 'iam' ? new AccessKeys(config, invocation) : new SmtpCredentials(config, invocation, authority.certificate)), config, FAST)),
      secretString: JSON.stringify({ secretAccessKey: 'a-first-value-that-opens-nothing', password: 'a-first-value-that-opens-nothing' }),
      remainingMs: 2_000,
    });
    return new WatchedKeys(rig, iam, smtp, evidence, faulty, userName);
  }

  private stopped = false;

  private constructor(
    readonly rig: RotationRig, readonly iam: LocalIam, readonly smtp: LocalSmtp, readonly evidence: Evidence,
    readonly faulty: Faulty, readonly userName: string,
  ) {}

  /** All steps, as far as they go; the keys that there are after each of them are kept from being told. */
  attempt(token: string = this.rig.begin()): Promise<boolean> {
    return this.evidence.attempt(async () => {
      for (const step of STEPS) await this.rig.step(step, token).finally(() => this.secretKeys());
    });
  }

  /** What nobody but the local IAM knows of SMTP credentials; from now on none of them may be told. */
  secretKeys(): string[] {
    const secrets: string[] = [];
    for (const { accessKeyId } of this.iam.keys(this.userName)) this.iam.use(accessKeyId, (secret) => secrets.push(secret) < 0, 'nothing');
    this.evidence.protect(...secrets);
    return secrets;
  }

  /** Once. */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.rig.stop();
    this.evidence.stop();
    this.evidence.addRig(this.rig, ['secretAccessKey', 'password']);
    await this.smtp.stop();
    await this.iam.stop();
  }
}

interface Scenario {
  readonly name: string;
  readonly tells: RegExp;
  readonly only?: 'iam' | 'ses';
  readonly run: (keys: WatchedKeys) => Promise<unknown>;
}

const FAILING: readonly Scenario[] = [
  {
    name: 'the answer that has the key in it is lost',
    tells: /ISSUE_UNCERTAIN|SERVICE_UNREACHABLE/,
    run: async (keys) => {
      keys.faulty.iam = (action, moment) => (action === 'CreateAccessKey' && moment === 'after' ? QueryFaults.lostAnswer : undefined);
      await keys.attempt();
    },
  },
  {
    name: 'IAM fails once the key is made, and repeats the key in its error',
    tells: /ISSUE_UNCERTAIN|SERVICE_UNREACHABLE/,
    run: async (keys) => {
      keys.faulty.iam = (action, moment) => (action === 'CreateAccessKey' && moment === 'after' ? quoting('ServiceFailure', 500, keys.secretKeys()) : undefined);
      const token = keys.rig.begin();
      await keys.attempt(token);
      keys.faulty.iam = () => undefined;
      await keys.attempt(token);
    },
  },
  {
    name: 'Secrets Manager repeats the value in the error with which it refuses to store it',
    tells: /PutSecretValue/,
    run: async (keys) => {
      keys.rig.fault = ({ action, moment }) => (
        action === 'PutSecretValue' && moment === 'before' && keys.secretKeys().length > 0 ? quoting('ValidationException', 400, keys.secretKeys()) : undefined);
      await keys.attempt();
    },
  },
  {
    name: 'the new key never works',
    tells: /VERIFICATION_FAILED|SIGN_IN_REFUSED|SERVICE_UNREACHABLE|SERVICE_BUSY/,
    run: async (keys) => {
      keys.faulty.iam = (action) => (action === 'GetCallerIdentity' ? { kind: 'error', name: 'InvalidClientTokenId', message: 'The security token included in the request is invalid.', status: 403 } : undefined);
      keys.faulty.smtp = () => SmtpFaults.temporaryAuthenticationFailure;
      const token = keys.rig.begin();
      await keys.attempt(token);
      await keys.attempt(token);
    },
  },
  {
    name: 'the SMTP endpoint repeats what it was sent',
    tells: /VERIFICATION_FAILED/,
    only: 'ses',
    run: async (keys) => {
      keys.faulty.smtp = () => ({ kind: 'reply', code: 535, message: `No such credential: ${String(keys.rig.labelled('AWSPENDING')?.password)}` });
      await keys.attempt();
      keys.faulty.smtp = () => ({ kind: 'reply', code: 451, message: Buffer.from(`\0app\0${String(keys.rig.labelled('AWSPENDING')?.password)}`).toString('base64') });
      await keys.attempt(keys.rig.secretsManager.snapshot(keys.rig.secretArn).labels.AWSPENDING);
    },
  },
  {
    name: 'the promotion is refused, and the retry succeeds',
    tells: /AccessDeniedException/,
    run: async (keys) => {
      const token = keys.rig.begin();
      keys.rig.fault = ({ action, moment }) => (action === 'UpdateSecretVersionStage' && moment === 'before' ? ACCESS_DENIED : undefined);
      await keys.attempt(token);
      keys.rig.fault = () => undefined;
      await keys.attempt(token);
    },
  },
  {
    name: 'a human made keys, too',
    tells: /FOREIGN_CREDENTIAL|CREDENTIAL_MISSING|QUOTA_EXCEEDED/,
    run: async (keys) => {
      for (const _key of [1, 2]) keys.evidence.protect(keys.iam.createAccessKey(keys.userName).secretAccessKey);
      await keys.attempt();
    },
  },
  {
    name: 'the secret is not JSON',
    tells: /SECRET_MALFORMED/,
    run: async (keys) => {
      keys.evidence.protect('half-of-a-key-that-is-secret');
      await keys.rig.putValue(keys.rig.secretArn, '{"accessKeyId":"AKIA1","secretAccessKey":"half-of-a-key-that-is-secret');
      await keys.attempt();
    },
  },
];

describe.each(SERVICES)('no credential of a rotation for %s is told when', (service) => {
  let keys: WatchedKeys;
  beforeEach(async () => { keys = await WatchedKeys.start(service); });
  afterEach(() => keys.stop());

  const expectNothingTold = async (): Promise<void> => {
    await keys.stop();
    searched.push(keys.evidence);
    expect(keys.evidence.leaks()).toEqual([]);
  };

  test('three rotations succeed, and retire what they replace', async () => {
    for (let rotation = 1; rotation <= 3; rotation++) {
      expect(await keys.attempt()).toBe(false);
      keys.iam.age(2 * DAY_MS);
    }
    await expectNothingTold();
  });

  test.each(FAILING.filter(({ only = service }) => only === service))('$name', async ({ run, tells }) => {
    await run(keys);
    await expectNothingTold();
    expect(keys.evidence.textOf('the function\'s log')).toMatch(tells);
    expect(keys.evidence.textOf('thrown')).toMatch(tells);
  });
});

/** An error that has all in it, as those of a validation may, and those of a service that fails. */
function quoting(name: string, status: number, secrets: readonly string[]): Fault {
  const said = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]);
  return { kind: 'error', name, message: `no good: ${said.join(' ')}`, status };
}
