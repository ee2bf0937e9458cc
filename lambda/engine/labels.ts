import { RotationError } from './contract/errors';

export const AWSCURRENT = 'AWSCURRENT';
export const AWSPENDING = 'AWSPENDING';
export const AWSPREVIOUS = 'AWSPREVIOUS';

/**
 * Our own staging label, on the last value that a createSecret of ours stored. Fixed, since a secret may have 20 labels
 * in all (Secrets Manager quotas), and moved by PutSecretValue itself. Two uses:
 * a version that a service may have been made to accept keeps a label when a rotation is cancelled, so that Secrets Manager
 * does not remove it and the next rotation can adopt its password; and testSecret tells our version from the one
 * that Secrets Manager makes to test a rotation (RotateSecret, RotateImmediately=false).
 */
export const RECOVERY = 'cdk-secret-rotation/recovery';

export interface PlacedLabel {
  readonly label: string;
  readonly versionId: string;
}

/** What DescribeSecret says at one instant: the guard of every external write. */
export class Labels {
  private readonly stages: ReadonlyMap<string, readonly string[]>;

  constructor(
    private readonly secretArn: string, private readonly rotationEnabled: boolean, stagesOfVersions: Readonly<Record<string, readonly string[]>>,
  ) {
    this.stages = new Map(Object.entries(stagesOfVersions).filter(([, stages]) => stages.length > 0));
  }

  /** The version that carries a label. */
  versionWith(label: string): string | undefined {
    return [...this.stages].find(([, stages]) => stages.includes(label))?.[0];
  }

  /** Every version that carries a label. */
  get versions(): readonly string[] {
    return [...this.stages.keys()];
  }

  /** The labels that begin so, with the versions that they are on. */
  startingWith(prefix: string): readonly PlacedLabel[] {
    return [...this.stages].flatMap(([versionId, stages]) =>
      stages.filter((label) => label.startsWith(prefix)).map((label) => ({ label, versionId })));
  }

  /** The version that AWSCURRENT is on. */
  current(): string {
    const versionId = this.versionWith(AWSCURRENT);
    if (versionId !== undefined) return versionId;
    throw new RotationError('SECRET_UNREADABLE', `no version of ${this.secretArn} is labelled AWSCURRENT`, {
      remedy: 'Store a value: PutSecretValue labels it AWSCURRENT',
    });
  }

  has(versionId: string, label: string): boolean {
    return this.stages.get(versionId)?.includes(label) ?? false;
  }

  /**
   * Whether this token still owns the rotation. "Already current" comes first: moving AWSCURRENT may strip AWSPENDING
   * from the version or leave it there, AWS's pages and its users disagree.
   */
  guard(token: string): 'pending' | 'already current' {
    if (this.has(token, AWSCURRENT)) return 'already current';
    if (!this.rotationEnabled) {
      throw new RotationError('ROTATION_DISABLED', `rotation of ${this.secretArn} is not enabled`, {
        remedy: 'It was cancelled with CancelRotateSecret. Deploy the rotation schedule again, or call RotateSecret with its rules, to go on',
      });
    }
    if (!this.stages.has(token)) {
      throw new RotationError('TOKEN_UNKNOWN', `version ${token} of ${this.secretArn} carries no label`, {
        remedy: 'This rotation was cancelled or abandoned; nothing was changed. The next rotation starts afresh: call RotateSecret to start it now',
      });
    }
    if (!this.has(token, AWSPENDING)) {
      throw new RotationError('NOT_PENDING', `version ${token} of ${this.secretArn} is not labelled AWSPENDING`, {
        remedy: 'Another rotation took over, or this one was abandoned; nothing was changed. If no rotation is running, call RotateSecret',
      });
    }
    return 'pending';
  }
}
