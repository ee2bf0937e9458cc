import { Credential, StoredCredential } from './contract/credential';
import { SecretDocument } from './secret-document';

/** A version that was read, with the labels it had then. */
export class SecretVersion implements StoredCredential {
  constructor(
    readonly secretArn: string,
    readonly versionId: string,
    readonly document: SecretDocument,
    readonly labels: readonly string[],
    readonly createdDate: Date | undefined,
  ) {}

  /** Throws when the version holds no username and password. */
  get credential(): Credential {
    return this.document.credential;
  }
}
