import { Token } from 'aws-cdk-lib';
import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseInstanceReadReplica, Endpoint, IDatabaseCluster, IDatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { CustomServiceOptions } from './custom-service-options';
import { BoundTarget } from './private/bound-target';
import { apisOf, customService } from './private/custom-service';
import { checkPort } from './private/endpoints';
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

/** Another database, by a service of one's own: {@link RotationTarget.custom}. */
export interface CustomTargetOptions extends CustomServiceOptions {
  /** Name or address of the database: written into the secret for clients. The service itself reads where it is from `environment`. */
  readonly host: string;

  /** Port of the database: written into the secret for clients, and opened to the function. 1 to 65535. */
  readonly port: number;

  /**
   * The secret of the database's superuser.
   *
   * @default - none: the rotation names its secrets itself
   */
  readonly secret?: ISecret;
}

/** The server and database at which a rotation signs in: PostgreSQL, or another one by a service of one's own. */
export class RotationTarget {
  /**
   * A server known by host and port: outside RDS, behind a name of its own, or of another app.
   *
   * @param options Where the server is.
   */
  public static postgres(options: PostgresTargetOptions): RotationTarget {
    return new RotationTarget(() => {
      const { host, port = DEFAULT_PORT, vpc, securityGroups = [], secret, databaseName = DEFAULT_DATABASE } = options;
      return {
        service: 'postgres',
        host,
        port,
        databaseName,
        secret,
        readers: [],
        reach: { what: 'database', endpoints: [{ host, port }], vpc, securityGroups },
      };
    });
  }

  /**
   * Another database, whose users a service of one's own rotates: it exports the family `users` of
   * `cdk-secret-rotation/service`. Props of the rotation that are PostgreSQL's are refused with it.
   *
   * @param options Where the database is, and the file of the service.
   */
  public static custom(options: CustomTargetOptions): RotationTarget {
    return new RotationTarget((scope) => {
      const { host, port, vpc, securityGroups = [], secret } = options;
      checkPort(scope, 'port', port);
      const custom = customService(scope, options);
      return {
        service: 'custom',
        host,
        port,
        secret,
        custom,
        reach: { what: 'database', endpoints: [{ host, port }], apis: apisOf(custom), vpc, securityGroups },
      };
    });
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
      return postgres(instance, instance.instanceEndpoint, options, []);
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
      const readers = options.readers ? [clusterEndpoint(scope, cluster, 'clusterReadEndpoint')] : [];
      return postgres(cluster, clusterEndpoint(scope, cluster, 'clusterEndpoint'), options, readers);
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

function postgres(
  database: IDatabaseInstance | IDatabaseCluster,
  { hostname: host, port }: Endpoint,
  options: { readonly databaseName?: string; readonly secret?: ISecret },
  readers: Endpoint[],
): BoundTarget {
  const known = database as { readonly vpc?: IVpc; readonly secret?: ISecret };
  return {
    service: 'postgres',
    host,
    port,
    databaseName: options.databaseName ?? DEFAULT_DATABASE,
    secret: options.secret ?? known.secret,
    readers,
    reach: {
      what: 'database',
      endpoints: [{ host, port }],
      vpc: known.vpc,
      securityGroups: database.connections.securityGroups,
      resource: database,
    },
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
