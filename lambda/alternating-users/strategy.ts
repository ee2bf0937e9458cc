import { RotationConfig } from '../../src/private/rotation-config';
import { Credential, StoredCredential } from '../engine/contract/credential';
import { PasswordRejected, RotationError } from '../engine/contract/errors';
import { AWSPREVIOUS, Labels } from '../engine/labels';
import { generatePassword } from '../engine/password-generator';
import { testRequest } from '../engine/preflight';
import { prepare } from '../engine/prepare';
import { Rotation } from '../engine/rotation';
import { ConnectionFacts } from '../engine/secret-document';
import { SecretVersion } from '../engine/secret-version';
import { RotationStrategy } from '../engine/strategy';
import { asSuperuser } from '../engine/superuser-secret';
import { assertUsername } from '../engine/usernames';

/** The pair as the secret has it at one instant: one user that clients use, the other that they do not. */
export interface Pair {
  readonly current: StoredCredential;
  readonly pending: StoredCredential;
}

export interface ConvergeRequest {
  readonly superuser: Credential;
  /**
   * Reads the pair right before each external write; throws when this rotation no longer owns AWSPENDING, or when
   * the pending user is the one that AWSCURRENT uses.
   */
  readonly fence: () => Promise<Pair>;
}

/** What a service must offer so that two users can take turns. */
export interface TwinUsers {
  readonly facts: ConnectionFacts;
  readonly usernames: readonly [string, string];
  /** Makes both users act alike and sets the pending one's password. Nothing that AWSCURRENT uses changes. */
  converge(request: ConvergeRequest): Promise<void>;
  /** Signs in as clients will, at each endpoint that they use. Throws, with AWSCURRENT untouched, unless each accepts. */
  verify(credential: Credential): Promise<void>;
  /** Checks, without changing anything, all that a rotation will need. */
  preflight(superuser: Credential, current: Credential): Promise<void>;
}

const HOUR_SECONDS = 3_600;

/** Two users take turns: the one that clients do not use gets a new password, then becomes current. */
export class AlternatingUsersStrategy implements RotationStrategy {
  constructor(private readonly users: TwinUsers, private readonly config: RotationConfig) {}

  createSecret(rotation: Rotation): Promise<void> {
    return prepare(rotation, {
      facts: this.users.facts,
      next: async (current, labels) => {
        this.assertConfigured(current);
        warnOfEarlyFlip(rotation, labels);
        return { username: this.other(current.credential.username), password: generatePassword(this.config.passwordPolicy) };
      },
    });
  }

  async setSecret(rotation: Rotation): Promise<void> {
    try {
      const fence = (): Promise<Pair> => this.fence(rotation);
      await asSuperuser(rotation, this.config, this.users.usernames, (superuser) => this.users.converge({ superuser, fence }));
    } catch (error: unknown) {
      if (error instanceof AlreadyCurrent) return;
      if (error instanceof PasswordRejected) await rotation.versions.giveUpPending(await rotation.fence());
      throw error;
    }
  }

  /** Only labels are checked within a rotation: the invocation that promotes verifies. */
  async testSecret(rotation: Rotation): Promise<void> {
    const request = await testRequest(rotation);
    if (request.kind !== 'preflight') return;
    this.assertConfigured(request.current);
    await asSuperuser(rotation, this.config, this.users.usernames, (superuser) => this.users.preflight(superuser, request.current.credential));
  }

  async finishSecret(rotation: Rotation): Promise<void> {
    const pending = await rotation.pending();
    if (pending === 'already current') return;
    this.assertConfigured(pending);
    await this.users.verify(pending.credential);
    const labels = await rotation.fence();
    await rotation.promotion.promote(labels.current());
  }

  private other(username: string): string {
    const [first, second] = this.users.usernames;
    return username === first ? second : first;
  }

  private assertConfigured(version: SecretVersion): void {
    assertUsername(version, this.users.usernames);
  }

  /** Both values are read, with their labels: an operator may have moved AWSCURRENT to a version of the very user that is about to change. */
  private async fence(rotation: Rotation): Promise<Pair> {
    const pending = await rotation.pending();
    const current = await rotation.versions.current();
    if (pending === 'already current') throw new AlreadyCurrent(rotation.token);
    for (const version of [pending, current]) this.assertConfigured(version);
    if (current.credential.username === pending.credential.username) await this.giveUp(rotation, current);
    return { current, pending };
  }

  /** The pending value can never be applied; without its labels the next rotation starts afresh, for the other user. */
  private async giveUp(rotation: Rotation, current: SecretVersion): Promise<never> {
    await rotation.versions.giveUpPending(await rotation.fence());
    throw new RotationError('ROTATION_SUPERSEDED', `AWSCURRENT of ${rotation.request.secretArn} was moved to version ${current.versionId}, of the very user whose password was about to change; nothing was changed`, {
      remedy: 'This rotation is given up. The next one takes the other user: call RotateSecret to start it now',
    });
  }
}

/** A late repetition of setSecret: the rotation has finished, nothing is left to do. */
class AlreadyCurrent extends RotationError {
  constructor(versionId: string) {
    super('ROTATION_SUPERSEDED', `version ${versionId} is current already`, { remedy: 'Nothing needs to be done' });
  }
}

/** Two flips within one time to live of a client's copy refuse that client; an urgent second rotation must still be possible. */
function warnOfEarlyFlip({ invocation: { log, measurements } }: Rotation, labels: Labels): void {
  if (labels.versionWith(AWSPREVIOUS) === undefined) return; // the first rotation: nothing has flipped yet
  const age = measurements.replacedVersionAgeSeconds ?? HOUR_SECONDS;
  if (age < HOUR_SECONDS) log.warn('the last flip was less than an hour ago: clients with an older copy of the secret will be refused', { milliseconds: age * 1000 });
}
