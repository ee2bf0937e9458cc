import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** A client's copy of the secret. */
export interface SecretCopy {
  /** First eight characters of the version id: enough to tell versions apart. */
  readonly version: string;
  readonly readAtMs: number;
  readonly credential: DatabaseCredential;
}

/** The secret's JSON as AWS documents it for databases. */
export interface DatabaseCredential {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname?: string;
}

/** Reads AWSCURRENT, as every client does. */
export class SecretReader {
  constructor(private readonly client: SecretsManagerClient, private readonly secretArn: string) {}

  async read(): Promise<SecretCopy> {
    const readAtMs = Date.now();
    const { VersionId = '', SecretString = '' } = await this.client.send(new GetSecretValueCommand({ SecretId: this.secretArn }));
    return { version: VersionId.slice(0, 8), readAtMs, credential: JSON.parse(SecretString) as DatabaseCredential };
  }
}
