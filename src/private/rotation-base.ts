import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Connections } from 'aws-cdk-lib/aws-ec2';
import { IPrincipal, IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, CfnPermission, Function as LambdaFunction, IFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnRotationSchedule, ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, IDependable } from 'constructs';
import { IRotation, RotationProps } from '../rotation';
import { RotationRules } from '../rotation-rules';
import { completeWithoutRotations, rememberRotation } from './dependencies';
import { checkFunctionProps } from './function-checks';
import { AddedFiles, handlerCode } from './handler-asset';
import { grantKeyAccess } from './key-access';
import { Network, network } from './network';
import { ObservableRotation } from './observable-rotation';
import { KeyUse, keyStatement, logStatement, networkInterfaceStatement, secretStatement, superuserSecretStatement } from './permissions';
import { Reach } from './reach';
import { ROTATION_CONFIG, RotationConfig } from './rotation-config';
import { refuseForeignSecret, secretArnPattern } from './secret-reference';
import { checkTreeOf, SecretRules } from './tree-checks';

/** CDK's own default of `RotationSchedule`. */
export const DEFAULT_INTERVAL = Duration.days(30);

/** What a strategy decides; the rest is the same for all. */
export interface RotationPlan extends SecretRules {
  /** Folder of the handler in `assets/lambda`. */
  readonly handler: string;
  readonly description: string;
  readonly secret: ISecret;
  readonly superuserSecret?: ISecret;
  /** Whether the secret was made by the construct: nobody but its first rotation tells the service. */
  readonly createsSecret: boolean;
  readonly removalPolicy?: RemovalPolicy;
  readonly reach: Reach;
  readonly config: RotationConfig;
  readonly files?: AddedFiles;
  /** What the function may do, besides what every rotation needs. */
  readonly statements?: PolicyStatement[];
  /** What the function's environment has, besides what the constructs set themselves. */
  readonly environment?: Record<string, string>;
}

/**
 * Everything that a rotation needs, in the rotation's own scope.
 *
 * @internal jsii lifts its members into the rotations.
 */
export abstract class RotationBase extends ObservableRotation implements IRotation {
  /** The secret that is rotated. */
  public readonly secret: ISecret;

  /** The secret of the superuser that changes the password; none where the user changes its own. */
  public readonly superuserSecret?: ISecret;

  /** The rotation function. */
  public readonly function: IFunction;

  /** The function's role: who reads and writes the secret. */
  public readonly grantPrincipal: IPrincipal;

  /** The function's security groups; without a VPC it has none, and rules change nothing. */
  public readonly connections: Connections;

  /** The schedule; also `node.defaultChild`. */
  public readonly schedule: CfnRotationSchedule;

  /** Where the rotation function logs. */
  public readonly logGroup: ILogGroup;

  protected constructor(scope: Construct, id: string, props: RotationProps, decide: (self: Construct) => RotationPlan) {
    super(scope, id);
    rememberRotation(this);
    checkFunctionProps(this, props);
    const plan = decide(this);
    this.secret = plan.secret;
    this.superuserSecret = plan.superuserSecret;
    refuseForeignSecret(this, 'secret', plan.secret);
    if (plan.superuserSecret) refuseForeignSecret(this, 'superuserSecret', plan.superuserSecret);

    const net = network(this, props, plan.reach);
    this.connections = new Connections({ securityGroups: net.securityGroups });
    this.logGroup = props.logGroup ?? this.makeLogGroup(props.logRetention);
    const role = props.role ?? new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.grantPrincipal = role;
    const policy = this.makePolicy(role, net, plan);
    if (props.grantKeyAccess) grantKeyAccess(this, role, [this.secret, this.superuserSecret]);

    this.function = this.makeFunction(props, plan, net, role, policy);
    const permission = this.makePermission();
    this.schedule = this.makeSchedule(props, plan);
    this.schedule.node.addDependency(policy, role, permission, this.logGroup, ...net.dependencies, ...this.foreign(plan));
    checkTreeOf(this, plan);
  }

  private makeLogGroup(retention: RetentionDays = RetentionDays.THREE_MONTHS): LogGroup {
    return new LogGroup(this, 'LogGroup', { retention, removalPolicy: RemovalPolicy.DESTROY });
  }

  private makePolicy(role: IRole, net: Network, plan: RotationPlan): Policy {
    const policy = new Policy(this, 'Policy', { roles: [role], statements: [...this.statements(net), ...plan.statements ?? []] });
    if (net.vpc && !plan.statements?.some(({ resources }) => resources.includes('*'))) {
      Validations.of(policy).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'The actions by which Lambda attaches a function to a VPC have no resource level that is known beforehand.',
      });
    }
    return policy;
  }

  private statements(net: Network): PolicyStatement[] {
    const { secret, superuserSecret, logGroup } = this;
    return [
      secretStatement(secret),
      keyStatement(this, secret, KeyUse.READ_AND_WRITE),
      superuserSecret && superuserSecretStatement(superuserSecret),
      superuserSecret && keyStatement(this, superuserSecret, KeyUse.READ),
      logStatement(logGroup),
      net.vpc && networkInterfaceStatement(),
    ].filter((statement) => statement !== undefined);
  }

  private makeFunction(props: RotationProps, plan: RotationPlan, net: Network, role: IRole, policy: Policy): LambdaFunction {
    const { environment, vpc, subnets, securityGroups, allowPublicSubnet } = net;
    const fn = new LambdaFunction(this, 'Function', {
      description: plan.description,
      runtime: props.runtime ?? Runtime.NODEJS_24_X,
      architecture: props.architecture ?? Architecture.ARM_64,
      code: handlerCode(plan.handler, plan.files),
      handler: 'index.handler',
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout ?? Duration.minutes(1),
      role,
      logGroup: this.logGroup,
      tracing: props.tracing,
      reservedConcurrentExecutions: props.reservedConcurrentExecutions,
      environment: { ...plan.environment, [ROTATION_CONFIG]: Stack.of(this).toJsonString(plan.config), ...environment },
      ...(vpc ? { vpc, vpcSubnets: { subnets }, securityGroups, allowPublicSubnet } : {}),
    });
    // Lambda refuses to create a function in a VPC whose role may not create network interfaces yet.
    fn.node.addDependency(policy);
    return fn;
  }

  /**
   * The L2's permission names neither account nor secret: anybody's secret could invoke the function.
   *
   * @see https://github.com/aws/aws-cdk/issues/28406
   */
  private makePermission(): CfnPermission {
    return new CfnPermission(this, 'Permission', {
      action: 'lambda:InvokeFunction',
      functionName: this.function.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: secretArnPattern(this.secret),
    });
  }

  private makeSchedule(props: RotationProps, plan: RotationPlan): CfnRotationSchedule {
    const rules = props.rotationRules ?? RotationRules.rate(DEFAULT_INTERVAL);
    const schedule = new CfnRotationSchedule(this, 'Resource', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: this.function.functionArn,
      rotateImmediatelyOnUpdate: props.rotateImmediatelyOnUpdate ?? plan.createsSecret,
      rotationRules: rules._bind(this),
    });
    if (plan.removalPolicy) schedule.applyRemovalPolicy(plan.removalPolicy);
    return schedule;
  }

  /** What others made and the first rotation needs complete: a secret with its attachment, a database with its writer. */
  private foreign({ reach }: RotationPlan): IDependable[] {
    return [this.secret, this.superuserSecret, reach.resource]
      .filter((construct) => construct !== undefined)
      .map(completeWithoutRotations);
  }
}
