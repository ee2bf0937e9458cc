import { readdirSync, readFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnUser as CfnElastiCacheUser } from 'aws-cdk-lib/aws-elasticache';
import { Effect, PolicyStatement, User } from 'aws-cdk-lib/aws-iam';
import { COMMON_JS, entryFile } from './support/constructs-custom-service';
import { CERTIFICATE, configOf, newStack, newVpc, warningIds } from './support/constructs-fixtures';
import { MultiCredentialRotation, MultiCredentialRotationProps, RedisUserOptions, RotatingCredential } from 'cdk-secret-rotation';

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

const IRELAND = { env: { account: '111111111111', region: 'eu-west-1' } };
const CONFIG_OF_ALL = ['graceSeconds', 'maxWaitSeconds', 'passwordPolicy', 'service'];

function rotationOf(stack: Stack, service: RotatingCredential, props: Partial<MultiCredentialRotationProps> = {}): Template {
  new MultiCredentialRotation(stack, 'Rotation', { service, ...props });
  return Template.fromStack(stack);
}

/** The service's own statements: without those of every rotation. */
function statements(template: Template): Statement[] {
  const all = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
  return all.filter(({ Action }) => !/"(secretsmanager|logs|ec2):/.test(JSON.stringify(Action)));
}

function egress(template: Template): unknown[] {
  const [group] = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).filter(([id]) => id.startsWith('Rotation'));
  return group?.[1].Properties.SecurityGroupEgress as unknown[];
}

const anywhere = (port: number) => expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: port, ToPort: port });

describe('RotatingCredential.iamAccessKey', () => {
  test('tells the function the user, and lets it do on exactly that user what the rotation needs', () => {
    const stack = newStack();
    const user = new User(stack, 'User');
    const template = rotationOf(stack, RotatingCredential.iamAccessKey(user));
    const config = configOf(template);
    expect(Object.keys(config).sort()).toEqual([...CONFIG_OF_ALL, 'userArn', 'userName'].sort());
    expect(config).toMatchObject({ userName: JSON.stringify(stack.resolve(user.userName)), userArn: JSON.stringify(stack.resolve(user.userArn)) });
    expect(statements(template)).toEqual([{
      Effect: 'Allow',
      Action: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:GetAccessKeyLastUsed', 'iam:ListAccessKeys', 'iam:UpdateAccessKey'],
      Resource: stack.resolve(user.userArn),
    }]);
  });

  test('takes an imported user with a path by its ARN', () => {
    const stack = newStack(IRELAND);
    const user = User.fromUserArn(stack, 'Imported', 'arn:aws:iam::111111111111:user/partners/acme');
    expect(configOf(rotationOf(stack, RotatingCredential.iamAccessKey(user))))
      .toMatchObject({ userName: 'acme', userArn: 'arn:aws:iam::111111111111:user/partners/acme' });
  });

  test('waits for the user and what it may do', () => {
    const stack = newStack();
    const user = new User(stack, 'User');
    user.addToPolicy(new PolicyStatement({ actions: ['s3:ListAllMyBuckets'], resources: ['*'] }));
    rotationOf(stack, RotatingCredential.iamAccessKey(user)).hasResource('AWS::SecretsManager::RotationSchedule', {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('^UserDefaultPolicy')]),
    });
  });

  test('makes another secret for another user, so that no deployment leaves the keys of the one to the other', () => {
    const secretOf = (id: string) => {
      const stack = newStack();
      const template = rotationOf(stack, RotatingCredential.iamAccessKey(new User(stack, id)));
      return Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    };
    expect(secretOf('One')).not.toEqual(secretOf('Other'));
    expect(secretOf('One')).toEqual(secretOf('One'));
  });

  test('makes the same secret in every stage of an app', () => {
    const secretOf = (name: string) => {
      const stack = new Stack(new App(), name);
      return Object.keys(rotationOf(stack, RotatingCredential.iamAccessKey(new User(stack, 'User'))).findResources('AWS::SecretsManager::Secret'));
    };
    expect(secretOf('Test')).toEqual(secretOf('Production'));
  });

  test('opens nothing but port 443 in a VPC', () => {
    const stack = newStack();
    const template = rotationOf(stack, RotatingCredential.iamAccessKey(new User(stack, 'User')), { vpc: newVpc(stack) });
    expect(egress(template)).toEqual([anywhere(443)]);
  });

  test('gets its way to IAM besides that to the endpoint of Secrets Manager', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const endpoint = new InterfaceVpcEndpoint(stack, 'Endpoint', { vpc, service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    const template = rotationOf(stack, RotatingCredential.iamAccessKey(new User(stack, 'User')), { vpc, endpoint });
    expect(egress(template)).toEqual([expect.objectContaining({ DestinationSecurityGroupId: expect.anything(), FromPort: 443 }), anywhere(443)]);
    expect(warningIds(stack)).toEqual([]);
  });

  test('gives a warning where no route leads to IAM', () => {
    const stack = newStack();
    const vpc = new Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0, subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] });
    const endpoint = new InterfaceVpcEndpoint(stack, 'Endpoint', { vpc, service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    rotationOf(stack, RotatingCredential.iamAccessKey(new User(stack, 'User')), { vpc, endpoint });
    expect(warningIds(stack)).toEqual(['cdk-secret-rotation:no-route-to-service']);
  });

  test('refuses a user of another account', () => {
    const stack = newStack(IRELAND);
    const user = User.fromUserArn(stack, 'Imported', 'arn:aws:iam::222222222222:user/acme');
    expect(() => rotationOf(stack, RotatingCredential.iamAccessKey(user)))
      .toThrow('Stack/Rotation: the IAM user is in account 222222222222, the rotation in 111111111111');
  });
});

describe('RotatingCredential.sesSmtp', () => {
  test.each([
    ['eu-west-1', 'email-smtp.eu-west-1.amazonaws.com'],
    ['us-gov-west-1', 'email-smtp.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'email-smtp.cn-north-1.amazonaws.com.cn'],
  ])('signs in at the endpoint of %s', (region, host) => {
    const stack = newStack({ env: { account: '111111111111', region } });
    const config = configOf(rotationOf(stack, RotatingCredential.sesSmtp(new User(stack, 'User'))));
    const { smtpEndpoint, sesRegion } = config as { readonly smtpEndpoint: { readonly host: string }; readonly sesRegion: string };
    expect(sesRegion).toBe(region);
    expect(smtpEndpoint).toMatchObject({ port: 465 });
    expect(smtpEndpoint.host.replace(JSON.stringify({ Ref: 'AWS::URLSuffix' }), region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com')).toBe(host);
  });

  test('takes another region and port, and the same permissions as for access keys', () => {
    const stack = newStack(IRELAND);
    const template = rotationOf(stack, RotatingCredential.sesSmtp(new User(stack, 'User'), { region: 'eu-central-1', port: 587 }));
    expect(configOf(template)).toMatchObject({ sesRegion: 'eu-central-1', smtpEndpoint: { port: 587 } });
    expect((configOf(template).smtpEndpoint as { readonly host: string }).host).toMatch(/^email-smtp\.eu-central-1\./);
    expect(statements(template)).toMatchObject([{ Action: expect.arrayContaining(['iam:CreateAccessKey']), Resource: { 'Fn::GetAtt': [expect.stringMatching(/^User/), 'Arn'] } }]);
  });

  test('opens the SMTP port and 443 in a VPC', () => {
    const stack = newStack();
    const template = rotationOf(stack, RotatingCredential.sesSmtp(new User(stack, 'User'), { vpc: newVpc(stack) }));
    expect(egress(template)).toEqual([anywhere(465), anywhere(443)]);
  });

  test.each([25, 443, 0])('refuses port %d', (port) => {
    const stack = newStack();
    expect(() => rotationOf(stack, RotatingCredential.sesSmtp(new User(stack, 'User'), { port })))
      .toThrow(`Stack/Rotation: port must be one of Amazon SES's, 465, 587, 2465, 2587, got ${port}`);
  });
});

describe('RotatingCredential.redisUser', () => {
  const OPTIONS: RedisUserOptions = { username: 'app', nodes: [{ host: 'a.example.com' }, { host: 'b.example.com', port: 6380 }] };

  test('tells the function the user and every node', () => {
    const config = configOf(rotationOf(newStack(), RotatingCredential.redisUser(OPTIONS)));
    expect(Object.keys(config).sort()).toEqual(['nodes', 'passwordPolicy', 'service', 'username']);
    expect(config).toMatchObject({ username: 'app', nodes: [{ host: 'a.example.com', port: 6379 }, { host: 'b.example.com', port: 6380 }] });
  });

  test('tells the function the rules of a user that it may create, and carries the certificate authority', () => {
    const app = new App();
    const service = RotatingCredential.redisUser({ ...OPTIONS, aclRules: 'on ~app:* +@all (%R~other:* +get)', certificateAuthority: CERTIFICATE });
    const stack = newStack(undefined, app);
    expect(configOf(rotationOf(stack, service))).toMatchObject({ aclRules: 'on ~app:* +@all (%R~other:* +get)', customCertificateAuthority: true });
    const { directory } = app.synth();
    const [asset = ''] = readdirSync(directory).filter((name) => name.startsWith('asset.'));
    expect(readFileSync(join(directory, asset, 'ca', 'custom.pem'), 'utf8')).toBe(CERTIFICATE);
  });

  test('opens each port to the nodes\' group once', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const group = new SecurityGroup(stack, 'Nodes', { vpc });
    const nodes = [...OPTIONS.nodes, { host: 'c.example.com' }];
    const template = rotationOf(stack, RotatingCredential.redisUser({ ...OPTIONS, nodes, vpc, securityGroups: [group] }));
    const ports = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties.FromPort as number);
    expect(ports.sort()).toEqual([6379, 6380]);
  });

  test.each<[string, Partial<RedisUserOptions>, string]>([
    ['no node', { nodes: [] }, 'nodes is empty'],
    ['a node twice', { nodes: [{ host: 'a.example.com' }, { host: 'a.example.com', port: 6379 }] }, 'nodes names a.example.com:6379 twice'],
    ['a node that is a URL', { nodes: [{ host: 'rediss://a.example.com' }] }, 'host of nodes must be a name or an address alone'],
    ['a port that is none', { nodes: [{ host: 'a.example.com', port: 70_000 }] }, 'port of nodes must be a whole number from 1 to 65535, got 70000'],
    ['a private address without a VPC', { nodes: [{ host: 'a.example.com' }, { host: '10.0.0.5' }] }, 'the target is in a VPC that is not known here (10.0.0.5)'],
    ['an empty username', { username: '' }, 'username is empty'],
    ['a username with a space', { username: 'a b' }, 'username must not contain spaces'],
    ['empty rules', { aclRules: ' ' }, 'aclRules is empty'],
    ['rules with which nobody could sign in', { aclRules: 'off +@all' }, 'aclRules contains \'off\''],
    ['a certificate authority that is none', { certificateAuthority: 'x' }, 'certificateAuthority contains no certificate'],
  ])('refuses %s', (_, options, message) => {
    expect(() => rotationOf(newStack(), RotatingCredential.redisUser({ ...OPTIONS, ...options }))).toThrow(`Stack/Rotation: ${message}`);
  });

  test.each(['>secret', '<secret', '#9f86d0', '!9f86d0', 'nopass', 'NOPASS', 'resetpass', 'reset'])('refuses the rule %s, and repeats no password', (rule) => {
    const refused = () => rotationOf(newStack(), RotatingCredential.redisUser({ ...OPTIONS, aclRules: `on ~* ${rule} +@all` }));
    expect(refused).toThrow('aclRules contains a rule about passwords');
    expect(refused).not.toThrow(/[><]secret|9f86d0/);
  });
});

describe('RotatingCredential.elastiCacheUser', () => {
  test('tells the function the user, and lets it change exactly that user', () => {
    const stack = newStack(IRELAND);
    const template = rotationOf(stack, RotatingCredential.elastiCacheUser({ userId: 'shop-app', username: 'app' }));
    const userArn = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':elasticache:eu-west-1:111111111111:user:shop-app']] };
    expect(Object.keys(configOf(template)).sort()).toEqual(['passwordPolicy', 'service', 'userArn', 'userId', 'username']);
    expect(configOf(template)).toMatchObject({ userId: 'shop-app', username: 'app' });
    expect(statements(template)).toEqual([{ Effect: 'Allow', Action: ['elasticache:DescribeUsers', 'elasticache:ModifyUser'], Resource: userArn }]);
    expect(String(configOf(template).userArn)).toMatch(/:elasticache:eu-west-1:111111111111:user:shop-app$/);
  });

  test('takes the id of a user of the same app, and the user\'s id as the name', () => {
    const stack = newStack();
    const user = new CfnElastiCacheUser(stack, 'User', { engine: 'valkey', userId: 'shop-app', userName: 'app' });
    expect(configOf(rotationOf(stack, RotatingCredential.elastiCacheUser({ userId: user.ref, username: 'app' })))).toMatchObject({ userId: '{"Ref":"User"}' });
    expect(configOf(rotationOf(newStack(), RotatingCredential.elastiCacheUser({ userId: 'app' })))).toMatchObject({ username: 'app' });
  });

  test('signs in at the endpoint, and still reaches ElastiCache', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const service = RotatingCredential.elastiCacheUser({ userId: 'app', endpoint: { host: 'shop.cache.amazonaws.com' }, vpc });
    const template = rotationOf(stack, service);
    expect(configOf(template)).toMatchObject({ endpoint: { host: 'shop.cache.amazonaws.com', port: 6379 } });
    expect(egress(template)).toEqual([anywhere(6379), anywhere(443)]);
  });

  test.each([
    ['an endpoint outside a VPC', () => RotatingCredential.elastiCacheUser({ userId: 'app', endpoint: { host: 'shop.cache.amazonaws.com' } }),
      'the target is in a VPC that is not known here (shop.cache.amazonaws.com)'],
    ['an ARN', () => RotatingCredential.elastiCacheUser({ userId: 'arn:aws:elasticache:eu-west-1:111111111111:user:app' }), 'userId must be letters, digits and hyphens'],
    ['a wildcard', () => RotatingCredential.elastiCacheUser({ userId: '*', username: 'app' }), 'userId must be letters, digits and hyphens, a letter first, got \'*\''],
    ['a name with a space', () => RotatingCredential.elastiCacheUser({ userId: 'app', username: 'a b' }), 'username must not contain spaces'],
  ])('refuses %s', (_, service, message) => {
    expect(() => rotationOf(newStack(), service())).toThrow(`Stack/Rotation: ${message}`);
  });

  test('refuses security groups without an endpoint, and a name that is not known', () => {
    const stack = newStack();
    const vpc = newVpc(stack);
    const securityGroups = [new SecurityGroup(stack, 'Group', { vpc })];
    expect(() => rotationOf(stack, RotatingCredential.elastiCacheUser({ userId: 'app', vpc, securityGroups }))).toThrow('securityGroups given without endpoint');
    const other = newStack();
    const user = new CfnElastiCacheUser(other, 'User', { engine: 'valkey', userId: 'shop-app', userName: 'app' });
    expect(() => rotationOf(other, RotatingCredential.elastiCacheUser({ userId: user.ref }))).toThrow('username must be known at synthesis');
  });
});

describe('RotatingCredential.memoryDbUser', () => {
  test('tells the function the user, and lets it change exactly that user', () => {
    const stack = newStack(IRELAND);
    const template = rotationOf(stack, RotatingCredential.memoryDbUser({ userName: 'app' }));
    expect(configOf(template)).toMatchObject({ userId: 'app', username: 'app' });
    expect(statements(template)).toEqual([{
      Effect: 'Allow',
      Action: ['memorydb:DescribeUsers', 'memorydb:UpdateUser'],
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':memorydb:eu-west-1:111111111111:user/app']] },
    }]);
  });

  test('refuses an endpoint outside a VPC, and a name that MemoryDB has not', () => {
    expect(() => rotationOf(newStack(), RotatingCredential.memoryDbUser({ userName: 'app', endpoint: { host: 'clustercfg.shop.memorydb.amazonaws.com' } })))
      .toThrow('the target is in a VPC that is not known here');
    expect(() => rotationOf(newStack(), RotatingCredential.memoryDbUser({ userName: 'app/*' }))).toThrow('userName must be letters, digits and hyphens');
  });
});

describe('RotatingCredential.custom', () => {
  test('places the file beside the engine, in an asset that depends on the content alone', () => {
    const assetOf = (entry: string) => {
      const app = new App();
      rotationOf(newStack(undefined, app), RotatingCredential.custom({ entry }));
      const { directory } = app.synth();
      const [asset = ''] = readdirSync(directory).filter((name) => name.startsWith('asset.'));
      return { asset, files: readdirSync(join(directory, asset)), service: readFileSync(join(directory, asset, 'service.js'), 'utf8') };
    };
    const [one, again, other] = [assetOf(entryFile()), assetOf(entryFile(COMMON_JS, 'other.cjs')), assetOf(entryFile(`${COMMON_JS}// changed\n`))];
    expect(one).toMatchObject({ service: COMMON_JS, files: expect.arrayContaining(['index.js', 'service.js']) });
    expect(again.asset).toBe(one.asset);
    expect(other.asset).not.toBe(one.asset);
  });

  test('gives the function its variables and statements', () => {
    const stack = newStack();
    const policyStatements = [new PolicyStatement({ actions: ['apigateway:POST'], resources: ['arn:aws:apigateway:eu-west-1::/apikeys'] })];
    const template = rotationOf(stack, RotatingCredential.custom({ entry: entryFile(), environment: { KEYS_HOST: 'keys.example.com' }, policyStatements }));
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { KEYS_HOST: 'keys.example.com', ROTATION_CONFIG: Match.anyValue() } } });
    expect(statements(template)).toEqual([{ Effect: 'Allow', Action: 'apigateway:POST', Resource: 'arn:aws:apigateway:eu-west-1::/apikeys' }]);
    expect(Object.keys(configOf(template)).sort()).toEqual(CONFIG_OF_ALL);
  });

  test('begins the secret with the user whose password is chosen', () => {
    const template = rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), username: 'app' }));
    template.hasResourceProperties('AWS::SecretsManager::Secret', { GenerateSecretString: { SecretStringTemplate: '{"username":"app"}', GenerateStringKey: 'password' } });
    expect(configOf(template)).toMatchObject({ username: 'app' });
  });

  test('opens its port in a VPC, 443 by default', () => {
    const [stack, other] = [newStack(), newStack()];
    expect(egress(rotationOf(stack, RotatingCredential.custom({ entry: entryFile(), vpc: newVpc(stack) })))).toEqual([anywhere(443)]);
    expect(egress(rotationOf(other, RotatingCredential.custom({ entry: entryFile(), vpc: newVpc(other), port: 8443 }))))
      .toEqual([anywhere(8443), anywhere(443)]);
  });

  test.each<[string, () => string, string]>([
    ['a file that is none', () => join(tmpdir(), 'no-such-service.js'), 'entry names no file, got'],
    ['a directory', () => mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-entry-')), 'entry must be a file, got the directory'],
    ['TypeScript', () => entryFile('', 'service.ts'), 'entry must be JavaScript'],
    ['a file named as an ES module', () => entryFile('', 'service.mjs'), 'entry must be JavaScript'],
    ['an ES module that exports', () => entryFile('export const contractVersion = 1;\n'), 'entry must be CommonJS'],
    ['an ES module that imports', () => entryFile('\nimport { request } from \'node:https\';\nexport { request };\n'), 'entry must be CommonJS'],
  ])('refuses %s', (_, entry, message) => {
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry: entry() }))).toThrow(`Stack/Rotation: ${message}`);
  });

  test('takes CommonJS in which a line of text begins with import', () => {
    const entry = entryFile(`${COMMON_JS}const text = \`\nimport x from y\n\`;\n`);
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry }))).not.toThrow();
  });

  test.each(['ROTATION_CONFIG', 'AWS_REGION', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'])('refuses the variable %s', (name) => {
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), environment: { [name]: 'x' } })))
      .toThrow(`Stack/Rotation: environment must not set ${name}`);
  });

  test.each(['1ST', 'a-b', '_HANDLER', ''])('refuses a variable that Lambda would refuse: %s', (name) => {
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), environment: { [name]: 'x' } }))).toThrow('which Lambda refuses');
  });

  test('refuses every action on every resource, and takes a denial of it', () => {
    const everything = (effect: Effect) => new PolicyStatement({ effect, actions: ['*'], resources: ['*'] });
    const given = (policyStatements: PolicyStatement[]) => () =>
      rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), policyStatements }));
    expect(given([everything(Effect.ALLOW)])).toThrow('Stack/Rotation: policyStatements allows every action on every resource');
    expect(given([everything(Effect.DENY)])).not.toThrow();
  });

  test('refuses a port that is none, and an empty username', () => {
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), port: 0 })))
      .toThrow('port must be a whole number from 1 to 65535, got 0');
    expect(() => rotationOf(newStack(), RotatingCredential.custom({ entry: entryFile(), username: '' }))).toThrow('username is empty');
  });
});

test.each(['iam', 'ses', 'redis', 'elasticache', 'memorydb', 'custom'])('a rotation runs the bundle of %s', (name) => {
  const app = new App();
  const stack = newStack(undefined, app);
  const user = new User(stack, 'User');
  const services: Record<string, RotatingCredential> = {
    iam: RotatingCredential.iamAccessKey(user),
    ses: RotatingCredential.sesSmtp(user),
    redis: RotatingCredential.redisUser({ username: 'app', nodes: [{ host: 'a.example.com' }] }),
    elasticache: RotatingCredential.elastiCacheUser({ userId: 'app' }),
    memorydb: RotatingCredential.memoryDbUser({ userName: 'app' }),
    custom: RotatingCredential.custom({ entry: entryFile() }),
  };
  rotationOf(stack, services[name] as RotatingCredential);
  const { directory } = app.synth();
  const [asset = ''] = readdirSync(directory).filter((file) => file.startsWith('asset.'));
  const bundle = join(__dirname, '..', 'assets', 'lambda', `multi-credential-${name}`, 'index.js');
  expect(readFileSync(join(directory, asset, 'index.js'), 'utf8')).toBe(readFileSync(bundle, 'utf8'));
});
