import { Stack } from './template';
import { Unresolvable } from './unresolvable';

/** `{{resolve:secretsmanager:secret-id:SecretString:json-key:version-stage:version-id}}` */
export interface SecretReference {
  readonly secretId: string;
  readonly jsonKey?: string;
}

export type DynamicReferences = (reference: SecretReference, stack: Stack) => string;

const DYNAMIC_REFERENCE = /\{\{resolve:([^{}]*)\}\}/g;
const SECRET_REFERENCE = /^secretsmanager:(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::SecretString)?(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html */
export function resolveDynamicReferences(text: string, stack: Stack, values: DynamicReferences): string {
  return text.replace(DYNAMIC_REFERENCE, (_, reference: string) => values(parse(reference), stack));
}

function parse(reference: string): SecretReference {
  const [, secretId, jsonKey, versionStage, versionId] = SECRET_REFERENCE.exec(reference) ?? [];
  if (secretId === undefined) throw new Unresolvable(`the dynamic reference {{resolve:${reference}}} is read at deployment`);
  if ((versionStage || 'AWSCURRENT') !== 'AWSCURRENT' || versionId) {
    throw new Unresolvable(`the dynamic reference {{resolve:${reference}}} names a version: the rehearsal knows AWSCURRENT alone`);
  }
  return { secretId, jsonKey: jsonKey || undefined };
}
