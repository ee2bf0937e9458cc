import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** A service of one's own: what `RotatingCredential.custom` and `RotationTarget.custom` have in common. */
export interface CustomServiceOptions {
  /**
   * Path of one CommonJS file, everything that it needs bundled into it, that exports `contractVersion` and
   * `createService` as the types of `cdk-secret-rotation/service` say. It is placed beside the rotation's engine in one
   * asset; nothing is built at synthesis. A relative path is one beneath the working directory: take
   * `join(__dirname, 'service.js')`. Errors: no such file, a directory, an ES module, a name that ends in neither `.js` nor `.cjs`.
   */
  readonly entry: string;

  /**
   * Environment variables of the function, for the service to read: where it is, and for whom. No credential belongs
   * here: it would be in the template, and in the function's settings. Errors: `ROTATION_CONFIG` and names that begin with `AWS_`.
   *
   * @default - none but what the rotation and Lambda set themselves
   */
  readonly environment?: { readonly [name: string]: string };

  /**
   * What the function may do at AWS for the service, besides rotating the secret. Errors: every action on every resource.
   *
   * @default - nothing
   */
  readonly policyStatements?: PolicyStatement[];

  /**
   * The VPC in which the service is reached. The function runs in it.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC
   */
  readonly vpc?: IVpc;

  /**
   * The service's security groups: the rotation opens the port to its function.
   *
   * @default - no security group is changed
   */
  readonly securityGroups?: ISecurityGroup[];
}
