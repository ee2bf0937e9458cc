import { Endpoint } from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CustomService } from './custom-service';
import { Reach } from './reach';
import { EndpointConfig } from './rotation-config';

/** What a target tells the rotation that it is given to. */
export type BoundTarget = PostgresTarget | CustomTarget;

interface TargetFacts extends EndpointConfig {
  readonly reach: Reach;
  /** The target's own secret: of its master user. */
  readonly secret?: ISecret;
}

export interface PostgresTarget extends TargetFacts {
  readonly service: 'postgres';
  readonly databaseName: string;
  readonly readers: Endpoint[];
}

/** Users of another database, by a service of one's own. */
export interface CustomTarget extends TargetFacts {
  readonly service: 'custom';
  readonly custom: CustomService;
}
