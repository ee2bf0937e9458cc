import { verifyCaller } from './caller-identity';
import { AccessKey, UserKeys } from './user-keys';
import type { IssuedCredential, IssuedCredentials, SecretFields } from '../../../service';
import type { IamRotationConfig } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/**
 * Access keys for clients of AWS. The secret holds `accessKeyId` and `secretAccessKey`, by which the AWS SDKs call them, and no facts: the user's name helps no
 * client to sign in, and who is shown the secret need not know it. Members that others add are kept.
 */
export class AccessKeys extends UserKeys<IamRotationConfig> implements IssuedCredentials {
  idOf({ accessKeyId }: SecretFields): string | undefined {
    return typeof accessKeyId === 'string' && accessKeyId !== '' ? accessKeyId : undefined;
  }

  async issue(): Promise<IssuedCredential> {
    const key = await this.createKey();
    return { id: key.accessKeyId, fields: { ...key } };
  }

  async verify(fields: SecretFields): Promise<void> {
    await verifyCaller(this.keyOf(fields), this.config, this.invocation);
  }

  private keyOf({ accessKeyId, secretAccessKey }: SecretFields): AccessKey {
    if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return { accessKeyId, secretAccessKey };
    throw new RotationError('SECRET_MALFORMED', `the version of the secret names no access key of the user ${this.config.userName}`, {
      remedy: 'It must hold `accessKeyId` and `secretAccessKey`, both strings. Call RotateSecret for a new version',
    });
  }
}
