import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { SignIn } from './sign-in';

/** Asks STS who the key's user is, as the AWS SDK of an application would sign any call. */
export function accessKeySignIn(stsEndpoint: string, region: string): SignIn {
  return async ({ accessKeyId, secretAccessKey }) => {
    const client = new STSClient({
      endpoint: stsEndpoint, region, maxAttempts: 1, credentials: { accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) },
    });
    try {
      await client.send(new GetCallerIdentityCommand({}));
    } finally {
      client.destroy();
    }
  };
}
