import { Token } from 'aws-cdk-lib';
import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstanceReadReplica, Endpoint, IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { BoundTarget } from './private/bound-target';
import { refuse } from './private/refuse';

/** Options of {@link RotationTarget.fromDatabaseInstance}. */
export interface DatabaseInstanceTargetOptions {
  /**
   * The database to sign in to.
   *
   * @default 'postgres'
   */
  readonly databaseName?: string;

  /**
   * The secret of the master user.
   *
   * @default - the secret that the instance knows, if any
   */
  readonly secret?: ISecret;
}

/** Options of {@link RotationTarget.fromDatabaseCluster}. */
export interface DatabaseClusterTargetOptions {
  /**
   * The database to sign in to.
   *
   * @default 'postgres'
   */
  readonly databaseName?: string;

  /**
   * The secret of the master user.
   *
   * @default - the secret that the cluster knows, if any
   */
  readonly secret?: ISecret;

  /**
   * Whether the cluster's reader endpoint, too, must accept a new password before promotion. Alternating users only:
   * a single password changes everywhere at once.
   *
   * @default false
   */
  readonly readers?: boolean;
}

/** Where a PostgreSQL server is that CDK has no construct for: {@link RotationTarget.postgres}. */
export interface PostgresTargetOptions {
  /** Name or address to sign in at. The server's certificate must be issued for it. */
  readonly host: string;

  /**
   * Port to sign in at.
   *
   * @default 5432
   */
  readonly port?: number;

  /**
   * The database to sign in to.
   *
   * @default 'postgres'
   */
  readonly databaseName?: string;

  /**
   * The VPC in which the server is reached. The function runs in it.
   *
   * @default - the `vpc` of the rotation; without either the function runs outside a VPC
   */
  readonly vpc?: IVpc;

  /**
   * The server's security groups: the rotation opens the port to its function.
   *
   * @default - no security group is changed
   */
  readonly securityGroups?: ISecurityGroup[];

  /**
   * The secret of the server's superuser.
   *
   * @default - none: the rotation names its secrets itself
   */
  readonly secret?: ISecret;
}

/** The PostgreSQL server and database at which a rotation signs in. */
export class RotationTarget {
  /**
   * A server known by host and port: outside RDS, behind a name of its own, or of another app.
   *
   * @param options Where the server is.
   */
  public static postgres(options: PostgresTargetOptions): RotationTarget {
    return new RotationTarget(() => ({
      host: options.host,
      port: options.port ?? DEFAULT_PORT,
      databaseName: options.databaseName ?? DEFAULT_DATABASE,
      vpc: options.vpc,
      securityGroups: options.securityGroups ?? [],
      secret: options.secret,
      readers: [],
    }));
  }

  /**
   * An RDS for PostgreSQL instance. VPC and secret are taken from it where it has them: an imported one has neither.
   * Errors: an instance known to run another engine, and a read replica, are refused.
   *
   * @param instance The instance, defined in the app or imported.
   * @param options What the instance does not tell.
   */
  public static fromDatabaseInstance(instance: IDatabaseInstance, options: DatabaseInstanceTargetOptions = {}): RotationTarget {
    return new RotationTarget((scope) => {
      refuseOtherEngine(scope, instance, instance.engine?.engineType);
      if (instance instanceof DatabaseInstanceReadReplica) {
        refuse(scope, `${instance.node.path} is a read replica, where no password can be changed; use its source instance as target`);
      }
      return { ...endpoint(instance.instanceEndpoint), ...facts(instance, options), readers: [] };
    });
  }

  /**
   * An Aurora PostgreSQL or Multi-AZ cluster, at its writer endpoint. VPC and secret are taken from it where it has
   * them: an imported one has neither. Errors: a cluster known to run another engine, and one imported without
   * endpoint and port, are refused.
   *
   * @param cluster The cluster, defined in the app or imported.
   * @param options What the cluster does not tell.
   */
  public static fromDatabaseCluster(cluster: IDatabaseCluster, options: DatabaseClusterTargetOptions = {}): RotationTarget {
    return new RotationTarget((scope) => {
      refuseOtherEngine(scope, cluster, cluster.engine?.engineType);
      return {
        ...endpoint(clusterEndpoint(scope, cluster, 'clusterEndpoint')),
        ...facts(cluster, options),
        readers: options.readers ? [clusterEndpoint(scope, cluster, 'clusterReadEndpoint')] : [],
      };
    });
  }

  private constructor(private readonly describe: (scope: IConstruct) => BoundTarget) {}

  /** @internal */
  public _bind(scope: IConstruct): BoundTarget {
    return this.describe(scope);
  }
}

const DEFAULT_PORT = 5432;
const DEFAULT_DATABASE = 'postgres';
const POSTGRES_ENGINES = ['postgres', 'aurora-postgresql'];

function endpoint({ hostname, port }: Endpoint): Pick<BoundTarget, 'host' | 'port'> {
  return { host: hostname, port };
}

function facts(
  database: IDatabaseInstance | IDatabaseCluster,
  options: { readonly databaseName?: string; readonly secret?: ISecret },
): Omit<BoundTarget, 'host' | 'port' | 'readers'> {
  const known = database as { readonly vpc?: IVpc; readonly secret?: ISecret };
  return {
    databaseName: options.databaseName ?? DEFAULT_DATABASE,
    vpc: known.vpc,
    securityGroups: database.connections.securityGroups,
    secret: options.secret ?? known.secret,
    resource: database,
  };
}

function refuseOtherEngine(scope: IConstruct, database: IConstruct, engineType: string | undefined): void {
  if (engineType === undefined || Token.isUnresolved(engineType) || POSTGRES_ENGINES.includes(engineType)) return;
  refuse(scope, `${database.node.path} runs ${engineType}, the rotation speaks PostgreSQL; use a PostgreSQL database as target`);
}

/** The getters of a cluster imported without its endpoints throw. */
function clusterEndpoint(scope: IConstruct, cluster: IDatabaseCluster, name: 'clusterEndpoint' | 'clusterReadEndpoint'): Endpoint {
  try {
    return cluster[name];
  } catch {
    return refuse(scope, `${cluster.node.path} was imported without ${name}; import it with its endpoint addresses and port, or use RotationTarget.postgres({ host, port })`);
  }
}
