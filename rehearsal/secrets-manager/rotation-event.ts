/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html */
export type RotationStep = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

/** What Secrets Manager sends to a rotation function. */
export interface RotationEvent {
  readonly Step: RotationStep;
  /** Always the ARN. */
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  /** Sensitive. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html */
  readonly RotationToken: string;
}
