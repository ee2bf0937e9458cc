import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { CustomServiceOptions } from './custom-service-options';

/** Options of {@link RotatingCredential.sesSmtp}. */
export interface SesSmtpOptions {
  /**
   * The AWS region in which mail is sent. An SMTP password is good for one region alone.
   *
   * @default - the region of the stack
   */
  readonly region?: string;

  /**
   * Port of the SMTP endpoint, for clients and for the rotation, which signs in there: 465 and 2465 speak TLS at once, 587 and 2587
   * after `STARTTLS`.
   *
   * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
   * @default 465
   */
  readonly port?: number;

  /**
   * The VPC in which the function runs. It must reach the SMTP endpoint and IAM.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC
   */
  readonly vpc?: IVpc;
}

/** A node of Redis OSS or Valkey, or where clients connect to several: TLS is always spoken, and the certificate verified. */
export interface RedisNode {
  /** Name or address. The certificate must be issued for it. */
  readonly host: string;

  /**
   * Port: 1 to 65535.
   *
   * @default 6379
   */
  readonly port?: number;
}

/** Options of {@link RotatingCredential.redisUser}. */
export interface RedisUserOptions {
  /** The user. A changed name makes a new secret. No spaces; at most 512 characters. */
  readonly username: string;

  /**
   * Every node, replicas included: servers do not replicate ACL changes. The first is what clients find in the secret. A node that is
   * down fails the rotation before anything is promoted.
   */
  readonly nodes: RedisNode[];

  /**
   * What the user may do, as rules of `ACL SETUSER`, for when the rotation creates it. A user that exists keeps its rules. Errors: rules
   * about passwords (`>`, `<`, `#`, `!`, `nopass`, `resetpass`, `reset`).
   *
   * @see https://valkey.io/commands/acl-setuser/
   * @default - the rotation creates no user, and fails for one that is missing
   */
  readonly aclRules?: string;

  /**
   * The certificate authorities that sign for the nodes, as PEM text. Errors: text without a certificate, with a private key, or with
   * expired certificates only.
   *
   * @default - those that Node.js trusts
   */
  readonly certificateAuthority?: string;

  /**
   * The VPC in which the nodes are reached. The function runs in it.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC
   */
  readonly vpc?: IVpc;

  /**
   * The nodes' security groups: the rotation opens the ports to its function.
   *
   * @default - no security group is changed
   */
  readonly securityGroups?: ISecurityGroup[];
}

/** Options of {@link RotatingCredential.elastiCacheUser}. */
export interface ElastiCacheUserOptions {
  /** The user's id in ElastiCache: letters, digits and hyphens. A changed id makes a new secret. */
  readonly userId: string;

  /**
   * The name that clients sign in with. A changed name makes a new secret. No spaces; known at synthesis.
   *
   * @default - the user's id
   */
  readonly username?: string;

  /**
   * Where clients connect: written into the secret, and where the rotation signs in to verify. It is reached from inside a VPC only.
   *
   * @default - none: the rotation takes ElastiCache's word that a password is in force
   */
  readonly endpoint?: RedisNode;

  /**
   * The VPC in which the endpoint is reached. The function runs in it, and calls ElastiCache from it.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC, and `endpoint` is refused
   */
  readonly vpc?: IVpc;

  /**
   * The cache's security groups: the rotation opens the port to its function. Not without `endpoint`.
   *
   * @default - no security group is changed
   */
  readonly securityGroups?: ISecurityGroup[];
}

/** Options of {@link RotatingCredential.memoryDbUser}. */
export interface MemoryDbUserOptions {
  /** The user's name in MemoryDB, with which clients sign in: letters, digits and hyphens. A changed name makes a new secret. */
  readonly userName: string;

  /**
   * Where clients connect: written into the secret, and where the rotation signs in to verify. It is reached from inside a VPC only.
   *
   * @default - none: the rotation takes MemoryDB's word that a password is in force
   */
  readonly endpoint?: RedisNode;

  /**
   * The VPC in which the endpoint is reached. The function runs in it, and calls MemoryDB from it.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC, and `endpoint` is refused
   */
  readonly vpc?: IVpc;

  /**
   * The cluster's security groups: the rotation opens the port to its function. Not without `endpoint`.
   *
   * @default - no security group is changed
   */
  readonly securityGroups?: ISecurityGroup[];
}

/** Options of {@link RotatingCredential.custom}. */
export interface CustomCredentialOptions extends CustomServiceOptions {
  /**
   * The user, for a service of the family `chosen`: a secret that the construct creates begins with this `username` and a `password` that
   * was drawn. A changed name makes a new secret. At most 512 characters.
   *
   * @default - a created secret begins as an empty object, which suits the family `issued`: a service makes up the first credential, too
   */
  readonly username?: string;

  /**
   * Port of the service, opened to a function in a VPC. 1 to 65535.
   *
   * @default 443
   */
  readonly port?: number;
}
