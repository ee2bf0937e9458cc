import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { SignIn } from './sign-in';

const TIMEOUT_MS = 10_000;

/** Asks STS whose key this is: that needs no permission, so the key alone decides. A client of its own each time, as it is for any other sign-in. */
export function accessKeySignIn(endpoint: string, region: string): SignIn {
  return async ({ accessKeyId, secretAccessKey }) => {
    const client = new STSClient({
      endpoint,
      region,
      credentials: { accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) },
      maxAttempts: 1,
      requestHandler: { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
    });
    try {
      await client.send(new GetCallerIdentityCommand({}));
    } finally {
      client.destroy();
    }
  };
}
