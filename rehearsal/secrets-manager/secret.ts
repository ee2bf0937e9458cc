import { RotationRules } from './rotation-rules';

export interface SecretValue {
  readonly secretString?: string;
  /** Base64. */
  readonly secretBinary?: string;
}

export interface SecretVersion {
  readonly versionId: string;
  createdDate: Date;
  /** Absent from the version that a rotation starts with, until createSecret stores one. */
  value?: SecretValue;
  lastAccessedDate?: Date;
  kmsKeyId?: string;
}

export interface SecretProps {
  readonly arn: string;
  readonly name: string;
  readonly createdDate: Date;
  readonly pendingOnPromotion: 'strip' | 'keep';
  readonly deprecatedVersions: 'keep' | 'purge';
  /** Told when a label comes to a version. */
  readonly onLabel: (secret: Secret, label: string, versionId: string) => void;
}

/** A rotation that has neither promoted its version nor been abandoned. */
export interface OpenRotation {
  readonly token: string;
  readonly kind: 'rotation' | 'test';
}

/** A secret: versions, and labels that each sit on one of them. */
export class Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdDate: Date;
  readonly versions = new Map<string, SecretVersion>();
  readonly tags = new Map<string, string>();
  description?: string;
  kmsKeyId?: string;
  /** Undefined while rotation was never configured. */
  rotationEnabled?: boolean;
  rotationFunctionArn?: string;
  rotationRules?: RotationRules;
  openRotation?: OpenRotation;
  lastChangedDate: Date;
  lastRotatedDate?: Date;
  lastAccessedDate?: Date;
  deletionDate?: Date;
  private readonly labels = new Map<string, string>();

  constructor(private readonly props: SecretProps) {
    this.arn = props.arn;
    this.name = props.name;
    this.createdDate = props.createdDate;
    this.lastChangedDate = props.createdDate;
  }

  get allLabels(): ReadonlyMap<string, string> {
    return this.labels;
  }

  /** In alphabetical order, as the service answers. */
  labelsOf(versionId: string): string[] {
    return [...this.labels].filter(([, holder]) => holder === versionId).map(([label]) => label).sort();
  }

  holderOf(label: string): string | undefined {
    return this.labels.get(label);
  }

  versionWith(label: string): SecretVersion | undefined {
    const holder = this.labels.get(label);
    return holder === undefined ? undefined : this.versions.get(holder);
  }

  /** Its versions were created this much longer ago. */
  age(milliseconds: number): void {
    for (const version of this.versions.values()) version.createdDate = new Date(version.createdDate.getTime() - milliseconds);
  }

  addVersion(versionId: string, createdDate: Date, value?: SecretValue): SecretVersion {
    const version: SecretVersion = { versionId, createdDate, value, kmsKeyId: this.kmsKeyId };
    this.versions.set(versionId, version);
    return version;
  }

  removeVersion(versionId: string): void {
    this.labelsOf(versionId).forEach((label) => this.labels.delete(label));
    this.versions.delete(versionId);
  }

  /** Puts a label on a version, away from where it was. */
  attach(label: string, versionId: string): void {
    const from = this.labels.get(label);
    if (from === versionId) {
      return;
    }
    this.labels.set(label, versionId);
    if (label === 'AWSCURRENT') {
      this.promoted(versionId, from);
    }
    this.props.onLabel(this, label, versionId);
    this.purgeIfDeprecated(from);
  }

  detach(label: string): void {
    const from = this.labels.get(label);
    this.labels.delete(label);
    this.purgeIfDeprecated(from);
  }

  /**
   * "Whenever you move AWSCURRENT, Secrets Manager automatically moves the label AWSPREVIOUS to the version that AWSCURRENT was removed from":
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
   * An AWSPENDING left over on the version that loses AWSCURRENT goes, too: recorded against AWS by
   * localstack/localstack, tests/aws/services/secretsmanager, `test_update_secret_version_stages_current_pending`.
   */
  private promoted(to: string, from: string | undefined): void {
    if (from !== undefined) {
      const previous = this.labels.get('AWSPREVIOUS');
      this.labels.set('AWSPREVIOUS', from);
      this.dropPendingOf(from);
      this.purgeIfDeprecated(previous);
    }
    if (this.props.pendingOnPromotion === 'strip') {
      this.dropPendingOf(to);
    }
  }

  private dropPendingOf(versionId: string): void {
    if (this.labels.get('AWSPENDING') === versionId) {
      this.labels.delete('AWSPENDING');
    }
  }

  private purgeIfDeprecated(versionId: string | undefined): void {
    if (versionId !== undefined && this.props.deprecatedVersions === 'purge' && this.labelsOf(versionId).length === 0) {
      this.versions.delete(versionId);
    }
  }
}
