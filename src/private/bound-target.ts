import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';

/** What a target tells the rotation that it is given to. */
export interface BoundTarget {
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  readonly vpc?: IVpc;
  readonly securityGroups: ISecurityGroup[];
  /** The target's own secret: of its master user. */
  readonly secret?: ISecret;
  /** The construct that the first rotation needs complete, children included. */
  readonly resource?: IConstruct;
  readonly readers: Endpoint[];
}
