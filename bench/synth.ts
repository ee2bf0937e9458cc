import { App, Duration, Stack } from 'aws-cdk-lib';
import { Connections, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { DatabaseSecret } from 'aws-cdk-lib/aws-rds';
import { ISecret, SecretRotation, SecretRotationApplication } from 'aws-cdk-lib/aws-secretsmanager';
import { AlternatingUsersRotation, RotationRules, RotationTarget } from '../src';
import { median, Row, rounded } from './measure';

const ROTATIONS = 20;
const RUNS = 9;

type Add = (stack: Stack, index: number) => void;

/** What one more rotation costs `cdk synth`: the difference between an app with many and the same app with one, in one process. */
export function measureSynth(): Row[] {
  process.env.CDK_VALIDATION = 'false'; // the template validator of aws-cdk-lib is not ours to measure
  const outside = perRotation(() => ours());
  const inVpc = perRotation((stack) => ours(new Vpc(stack, 'Vpc', { maxAzs: 2 })));
  const cdks = perRotation((stack) => serverlessApplication(new Vpc(stack, 'Vpc', { maxAzs: 2 })));
  return [
    { what: `\`cdk synth\` per further rotation in a VPC; beside it CDK's SecretRotation (median of ${RUNS})`, measured: `${rounded(inVpc.ms)} ms; ${rounded(cdks.ms)} ms`, aim: '≤ 3 ms' },
    { what: 'resources, outside a VPC / in one / CDK\'s SecretRotation', measured: `${outside.resources} / ${inVpc.resources} / ${cdks.resources} and a nested stack`, aim: '≤ 7 / ≤ 9' },
  ];
}

function perRotation(prepare: (stack: Stack) => Add): { readonly ms: number; readonly resources: number } {
  synth(prepare, ROTATIONS); // warms the process up
  const many = Array.from({ length: RUNS }, () => synth(prepare, ROTATIONS));
  const one = Array.from({ length: RUNS }, () => synth(prepare, 1));
  const difference = (key: 'ms' | 'resources'): number => (median(many.map((run) => run[key])) - median(one.map((run) => run[key]))) / (ROTATIONS - 1);
  return { ms: difference('ms'), resources: difference('resources') };
}

function synth(prepare: (stack: Stack) => Add, count: number): { readonly ms: number; readonly resources: number } {
  const started = performance.now();
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const add = prepare(stack);
  for (let index = 0; index < count; index++) add(stack, index);
  const { Resources } = app.synth().getStackByName('Stack').template as { readonly Resources: object };
  return { ms: performance.now() - started, resources: Object.keys(Resources).length };
}

function ours(vpc?: Vpc): Add {
  let superuserSecret: ISecret | undefined;
  return (stack, index) => {
    superuserSecret ??= new DatabaseSecret(stack, 'Superuser', { username: 'postgres' });
    new AlternatingUsersRotation(stack, `Rotation${index}`, {
      target: RotationTarget.postgres({ host: 'db.example.com', vpc }), superuserSecret, username: `app${index}`, rotationRules: RotationRules.rate(Duration.days(30)),
    });
  };
}

function serverlessApplication(vpc: Vpc): Add {
  return (stack, index) => {
    const securityGroup = SecurityGroup.fromSecurityGroupId(stack, `Database${index}`, 'sg-0123456789abcdef0');
    new SecretRotation(stack, `Rotation${index}`, {
      application: SecretRotationApplication.POSTGRES_ROTATION_SINGLE_USER,
      secret: new DatabaseSecret(stack, `Secret${index}`, { username: 'app' }),
      target: { connections: new Connections({ defaultPort: Port.tcp(5432), securityGroups: [securityGroup] }) },
      vpc,
    });
  };
}
