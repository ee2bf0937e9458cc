import { IConstruct } from 'constructs';

/** The plain `Error` of a refused input: CDK's own `ValidationError` is internal to aws-cdk-lib. */
export function refuse(scope: IConstruct, message: string): never {
  throw new Error(`${scope.node.path}: ${message}`);
}

/** Prefix of the ids of our warnings: a user acknowledges a warning by its id. */
const WARNING_PREFIX = 'cdk-secret-rotation:';

export function warningId(name: string): string {
  return `${WARNING_PREFIX}${name}`;
}
