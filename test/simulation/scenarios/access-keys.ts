import { SignInRefused } from '../../../lambda/engine/contract/errors';
import { createHandler } from '../../../lambda/engine/handler';
import { multiCredentialStrategy } from '../../../lambda/multi-credential/strategy';
import { AccessKeys } from '../../../lambda/services/iam/access-keys';
import { SmtpCredentials } from '../../../lambda/services/ses/smtp-credentials';
import { smtpPassword } from '../../../lambda/services/ses/smtp-password';
import { LocalIam, LocalIamOptions } from '../../../rehearsal/access-keys';
import type { SecretFields } from '../../../service';
import { IamRotationConfig, SesRotationConfig } from '../../../src/private/rotation-config';
import { PASSWORD_POLICY } from '../../support/rotation-rig';
import { Outside } from '../outside';
import { Subject } from '../promises';
import { iamThroughFaults, stsThroughFaults, USER } from '../simulated-iam';
import { RotatedSecret, SecretsManagerBehaviour, World } from '../world';
import { isBetweenGuardAndWrite, isUntold, labelsOf, operatorsOf, rotateUndisturbed } from './operators';
import { unreachable } from '../../../lambda/engine/contract/tls-errors';

export interface AccessKeysScenario extends SecretsManagerBehaviour {
  readonly service: 'iam' | 'ses';
  readonly iam?: LocalIamOptions;
  /** Undisturbed rotations before the one that is disturbed. @default 2 */
  readonly before?: number;
}

const REGION = 'us-east-1';
const SMTP = { host: 'email-smtp.us-east-1.amazonaws.com', port: 587 };

const standing: { outside?: Outside; iam?: LocalIam } = {};

/** Signs in where the simulated SES listens. */
class SimulatedSmtpCredentials extends SmtpCredentials {
  override async verify({ username, password }: SecretFields): Promise<void> {
    const { outside, iam } = standing;
    if (outside === undefined || iam === undefined) throw new Error('nobody listens');
    await outside.call({
      service: 'SES',
      what: 'sign-in',
      faults: ['killed before', 'fails before', 'unanswered', 'refused', 'frozen'],
      patienceMs: 10_000,
      effect: () => { if (iam.use(String(username), (secret) => smtpPassword(secret, REGION) === password, 'ses') === 'refused') throw refused(); },
      lost: () => unreachable(SMTP, 'ECONNRESET'),
      refusal: refused,
    });
  }
}

function refused(): SignInRefused {
  return new SignInRefused(USER, 'the sign-in was refused', { remedy: 'none' });
}

const HANDLERS = {
  iam: createHandler<IamRotationConfig>((config, invocation) =>
    multiCredentialStrategy(() => new AccessKeys(config, invocation), config)),
  ses: createHandler<SesRotationConfig>((config, invocation) =>
    multiCredentialStrategy(() => new SimulatedSmtpCredentials(config, invocation), config)),
} as const;

/** An IAM user whose keys are rotated, as they are or as SMTP credentials. */
export class AccessKeysSubject implements Subject {
  static async start(world: World, { service, iam: options, before = 2 }: AccessKeysScenario): Promise<AccessKeysSubject> {
    const iam = new LocalIam({ ...options, now: () => new Date(world.time.now) });
    const { arn } = iam.createUser(USER);
    Object.assign(standing, { iam, outside: world.outside });
    world.answer({ IAM: iamThroughFaults(world.outside, iam), STS: stsThroughFaults(world.outside, iam, arn) });
    const secret = world.rotates(world.secret('keys', { note: 'kept' }), HANDLERS[service], {
      service, userName: USER, userArn: arn, passwordPolicy: PASSWORD_POLICY, graceSeconds: 0, sesRegion: REGION, smtpEndpoint: SMTP,
    });
    const subject = new AccessKeysSubject(world, iam, secret, service);
    await rotateUndisturbed(world, secret, before);
    return subject;
  }

  private constructor(private readonly world: World, private readonly iam: LocalIam, readonly secret: RotatedSecret, private readonly service: 'iam' | 'ses') {}

  get always(): Subject['always'] {
    return { 'AWSCURRENT names a key that is active': () => !this.hasRotated || this.isActive('AWSCURRENT') };
  }

  get finally(): Subject['finally'] {
    return {
      'AWSCURRENT works': () => this.works('AWSCURRENT'),
      'no key takes a slot that no label names': () => this.ids.every((id) => this.namedIds.includes(id)),
      'no secret key is told': () => isUntold(this.world, this.secret, 'secretAccessKey', 'password'),
      'unknown members of the secret are kept': () => this.secret.value(this.secret.labels.AWSCURRENT)?.note === 'kept',
    };
  }

  get state(): string {
    return JSON.stringify([labelsOf(this.secret), this.iam.keys(USER).map(({ accessKeyId, status }) => [accessKeyId, status])]);
  }

  get acts(): Subject['acts'] {
    return {
      ...operatorsOf(this.secret),
      'AWSCURRENT is moved back by hand': () => this.moveBack(),
    };
  }

  private get hasRotated(): boolean {
    return this.secret.labels.AWSPREVIOUS !== undefined;
  }

  private get ids(): string[] {
    return this.iam.keys(USER).map(({ accessKeyId }) => accessKeyId);
  }

  private get namedIds(): (string | undefined)[] {
    return this.secret.labelled.map((versionId) => this.idOf(versionId));
  }

  private idOf(versionId: string | undefined): string | undefined {
    const { accessKeyId, username } = this.secret.value(versionId) ?? {};
    return (this.service === 'iam' ? accessKeyId : username) as string | undefined;
  }

  private isActive(label: string): boolean {
    const id = this.idOf(this.secret.labels[label]);
    return this.iam.keys(USER).some(({ accessKeyId, status }) => accessKeyId === id && status === 'Active');
  }

  /** Looked at without a use, which would keep a key from its retirement, but for the one that is current. */
  private works(label: string): boolean {
    const { secretAccessKey, password } = this.secret.value(this.secret.labels[label]) ?? {};
    const id = this.idOf(this.secret.labels[label]);
    if (id === undefined) return false;
    const proves = (secret: string): boolean => (this.service === 'iam' ? secret === secretAccessKey : smtpPassword(secret, REGION) === password);
    return this.iam.use(id, proves, 's3') === 'accepted';
  }

  private async moveBack(): Promise<void> {
    const { AWSPREVIOUS } = this.secret.labels;
    // A version whose key this rotation has retired is no way back: see the runbook.
    if (AWSPREVIOUS === undefined || isBetweenGuardAndWrite(this.world) || !this.isActive('AWSPREVIOUS')) return;
    await this.secret.moveLabel('AWSCURRENT', AWSPREVIOUS);
  }

}
