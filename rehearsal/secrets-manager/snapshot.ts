import { Secret } from './secret';

export interface VersionSnapshot {
  readonly versionId: string;
  readonly createdDate: Date;
  readonly labels: readonly string[];
  readonly hasValue: boolean;
}

/** A secret's state without its values. */
export interface SecretSnapshot {
  readonly arn: string;
  readonly name: string;
  readonly rotationEnabled?: boolean;
  /** Label to version id. */
  readonly labels: Readonly<Record<string, string>>;
  readonly versions: readonly VersionSnapshot[];
}

export function snapshotOf(secret: Secret): SecretSnapshot {
  return {
    arn: secret.arn,
    name: secret.name,
    rotationEnabled: secret.rotationEnabled,
    labels: Object.fromEntries(secret.allLabels),
    versions: [...secret.versions.values()].map((version) => ({
      versionId: version.versionId,
      createdDate: version.createdDate,
      labels: secret.labelsOf(version.versionId),
      hasValue: version.value !== undefined,
    })),
  };
}
