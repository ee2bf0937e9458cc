/** Signs the calls that CloudFormation and the operator make in the real world; it may do everything. */
export const OPERATOR_ACCESS_KEY_ID = 'AKIAOPERATOR00000000';

/** An error that Secrets Manager answered. */
export class CallFailed extends Error {
  constructor(readonly errorName: string, message: string) {
    super(`${errorName}: ${message}`);
    this.name = 'CallFailed';
  }
}

/** Calls the local Secrets Manager over its own protocol; the signature names the caller and is not verified there. */
export async function callSecretsManager(endpoint: string, operation: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `secretsmanager.${operation}`,
      'authorization': `AWS4-HMAC-SHA256 Credential=${OPERATOR_ACCESS_KEY_ID}/20260101/local/secretsmanager/aws4_request`,
    },
    body: JSON.stringify(input),
  });
  const answer = await response.json() as { readonly __type?: string; readonly Message?: string };
  if (!response.ok) throw new CallFailed(answer.__type ?? `HTTP ${response.status}`, answer.Message ?? '');
}
