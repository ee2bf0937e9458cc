import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { IConstruct } from 'constructs';
import { EndpointConfig } from './rotation-config';

/** What the function of a rotation has to reach, besides Secrets Manager. */
export interface Reach {
  /** What it is, in the descriptions of rules. */
  readonly what: string;
  readonly endpoints: readonly EndpointConfig[];
  /** Ports of endpoints that are not known here. */
  readonly ports?: readonly number[];
  /** Further APIs of AWS that the function calls, in words; none where it calls Secrets Manager's alone. */
  readonly apis?: string;
  readonly vpc?: IVpc;
  /** Whether it can be reached from inside a VPC only. */
  readonly inVpcOnly?: boolean;
  readonly securityGroups: ISecurityGroup[];
  /** The construct that the first rotation needs complete, children included. */
  readonly resource?: IConstruct;
}
