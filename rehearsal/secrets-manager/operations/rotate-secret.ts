import { invalidRequest } from '../errors';
import { checkRotationRules, parseRotationRules } from '../rotation-rules';
import { tokenIn } from '../secret-values';
import { OperationCall, Output, Service } from '../service';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html */
export function rotateSecret({ secrets, rotations, authorizer, settings }: Service, { input, accessKeyId }: OperationCall): Output {
  const token = tokenIn(input, 'InvalidParameterException');
  const rulesInput = input.object('RotationRules');
  const rules = rulesInput && parseRotationRules(rulesInput);
  checkRotationRules(rules ?? {});
  const secret = secrets.getUsable(input.required('SecretId'));
  const functionArn = input.string('RotationLambdaARN') ?? secret.rotationFunctionArn;
  if (functionArn === undefined) {
    throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  }
  authorizer.invokeByCaller(accessKeyId, functionArn, secret);
  authorizer.invokeByService(functionArn, secret);
  if (input.boolean('RotateImmediately') ?? true) {
    rotations.begin(secret, token);
  } else {
    rotations.beginTest(secret, token, settings.rotationTestVersion);
  }
  secret.rotationEnabled = true;
  secret.rotationFunctionArn = functionArn;
  secret.rotationRules = rules ?? secret.rotationRules;
  rotations.run(secret);
  return { ARN: secret.arn, Name: secret.name, VersionId: token };
}

/**
 * "If you cancel a rotation in progress, it can leave the VersionStage labels in an unexpected state": AWSPENDING stays.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
 */
export function cancelRotateSecret({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.getUsable(input.required('SecretId'));
  if (secret.rotationFunctionArn === undefined) {
    throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
  }
  secret.rotationEnabled = false;
  const pending = secret.holderOf('AWSPENDING');
  return { ARN: secret.arn, Name: secret.name, VersionId: pending === secret.holderOf('AWSCURRENT') ? undefined : pending };
}
