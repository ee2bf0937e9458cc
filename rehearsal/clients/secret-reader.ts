import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretFields } from './sign-in';

/** A client's copy of the secret. */
export interface SecretCopy {
  /** First eight characters of the version id: enough to tell versions apart. */
  readonly version: string;
  readonly readAtMs: number;
  readonly fields: SecretFields;
}

/** Reads AWSCURRENT, as every client does. */
export class SecretReader {
  constructor(private readonly client: SecretsManagerClient, private readonly secretArn: string) {}

  async read(): Promise<SecretCopy> {
    const readAtMs = Date.now();
    const { VersionId = '', SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretArn }));
    return { version: VersionId.slice(0, 8), readAtMs, fields: JSON.parse(SecretString) as SecretFields };
  }
}
