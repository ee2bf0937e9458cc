import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { ISecurityGroup, IVpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { checkAclRules } from './acl-rules';
import { BoundCredential } from './bound-credential';
import { checkCertificateAuthority } from './certificate-authority';
import { checkHost, checkPort } from './endpoints';
import { brief, checkPlainName, resolvedName } from './names';
import { refuse } from './refuse';
import { EndpointConfig } from './rotation-config';

const REDIS_PORT = 6379;

/** Both services refuse shorter ones: "Passwords length must be between 16-128 characters". */
const LEAST_PASSWORD_LENGTH = 16;

/** `UserId` of ElastiCache and `UserName` of MemoryDB, API references. */
const USER_ID = /^[a-zA-Z][a-zA-Z0-9-]*$/;

interface Node {
  readonly host: string;
  readonly port?: number;
}

interface NetworkOptions {
  readonly vpc?: IVpc;
  readonly securityGroups?: ISecurityGroup[];
}

interface RedisOptions extends NetworkOptions {
  readonly username: string;
  readonly nodes: readonly Node[];
  readonly aclRules?: string;
  readonly certificateAuthority?: string;
}

interface ManagedOptions extends NetworkOptions {
  readonly endpoint?: Node;
}

interface ElastiCacheOptions extends ManagedOptions {
  readonly userId: string;
  readonly username?: string;
}

export function redisUser(scope: IConstruct, options: RedisOptions): BoundCredential {
  const { username, aclRules, certificateAuthority, vpc, securityGroups = [] } = options;
  checkAclName(scope, 'username', username);
  if (aclRules !== undefined) checkAclRules(scope, aclRules);
  if (certificateAuthority !== undefined) checkCertificateAuthority(scope, certificateAuthority);
  const nodes = nodesOf(scope, options.nodes);
  return {
    service: 'redis',
    family: 'chosen',
    what: `the password of the Redis user ${brief(username)}`,
    config: { username, nodes, aclRules, ...(certificateAuthority !== undefined ? { customCertificateAuthority: true } : {}) },
    reach: { what: 'Redis nodes', endpoints: nodes, vpc, securityGroups },
    files: { certificateAuthority },
    firstValue: { username, identity: [username] },
    takesSuperuser: true,
    alternates: false,
  };
}

export function elastiCacheUser(scope: IConstruct, options: ElastiCacheOptions): BoundCredential {
  const { userId, username = userId } = options;
  checkUserId(scope, 'userId', userId);
  checkAclName(scope, 'username', username);
  const resource = { service: 'elasticache', resource: 'user', resourceName: userId, arnFormat: ArnFormat.COLON_RESOURCE_NAME };
  const userArn = Stack.of(scope).formatArn(resource);
  return {
    ...managedUser(scope, options, 'ElastiCache'),
    service: 'elasticache',
    what: `the password of the ElastiCache user ${brief(username)}`,
    config: { userId, username, userArn, endpoint: endpointOf(options) },
    statements: [userStatement(userArn, ['elasticache:DescribeUsers', 'elasticache:ModifyUser'])],
    firstValue: { username, identity: [resolvedName(scope, userId), username] },
  };
}

export function memoryDbUser(scope: IConstruct, options: ManagedOptions & { readonly userName: string }): BoundCredential {
  const { userName } = options;
  checkAclName(scope, 'userName', userName);
  checkUserId(scope, 'userName', userName);
  const userArn = Stack.of(scope).formatArn({ service: 'memorydb', resource: 'user', resourceName: userName });
  return {
    ...managedUser(scope, options, 'MemoryDB'),
    service: 'memorydb',
    what: `the password of the MemoryDB user ${brief(userName)}`,
    config: { userId: userName, username: userName, userArn, endpoint: endpointOf(options) },
    statements: [userStatement(userArn, ['memorydb:DescribeUsers', 'memorydb:UpdateUser'])],
    firstValue: { username: userName, identity: [userName] },
  };
}

function managedUser(
  scope: IConstruct,
  options: ManagedOptions,
  apis: string,
): Pick<BoundCredential, 'family' | 'reach' | 'takesSuperuser' | 'leastPasswordLength' | 'alternates'> {
  const endpoint = endpointOf(options);
  const { vpc, securityGroups = [] } = options;
  if (endpoint) checkNode(scope, 'endpoint', endpoint);
  if (!endpoint && securityGroups.length > 0) {
    refuse(scope, 'securityGroups given without endpoint, at which alone the function would sign in; give endpoint, or leave out securityGroups');
  }
  return {
    family: 'chosen',
    reach: { what: 'cache', endpoints: endpoint ? [endpoint] : [], apis, vpc, inVpcOnly: endpoint !== undefined, securityGroups },
    takesSuperuser: false,
    leastPasswordLength: LEAST_PASSWORD_LENGTH,
    alternates: false,
  };
}

/**
 * Both actions of both services take the ARN of the user.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmemorydb.html
 */
function userStatement(userArn: string, actions: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources: [userArn] });
}

function nodesOf(scope: IConstruct, given: readonly Node[]): EndpointConfig[] {
  if (given.length === 0) refuse(scope, 'nodes is empty; name every node, since ACL changes are not replicated');
  const nodes = given.map(withPort);
  nodes.forEach((node) => checkNode(scope, 'nodes', node));
  const names = nodes.map(({ host, port }) => `${host}:${port}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(scope, `nodes names ${twice} twice; name each node once`);
  return nodes;
}

function endpointOf({ endpoint }: ManagedOptions): EndpointConfig | undefined {
  return endpoint && withPort(endpoint);
}

function withPort({ host, port = REDIS_PORT }: Node): EndpointConfig {
  return { host, port };
}

function checkNode(scope: IConstruct, prop: string, { host, port }: EndpointConfig): void {
  checkHost(scope, `host of ${prop}`, host);
  checkPort(scope, `port of ${prop}`, port);
}

/** "Usernames can't contain spaces or null characters" (`ACL SETUSER`). */
function checkAclName(scope: IConstruct, prop: string, name: string): void {
  checkPlainName(scope, prop, name);
  if (/[\s\0]/.test(name)) refuse(scope, `${prop} must not contain spaces, got ${JSON.stringify(name)}; Redis has no such users`);
}

function checkUserId(scope: IConstruct, prop: string, id: string): void {
  if (Token.isUnresolved(id) || USER_ID.test(id)) return;
  refuse(scope, `${prop} must be letters, digits and hyphens, a letter first, got '${id}'; give the id of the user, not its ARN`);
}
