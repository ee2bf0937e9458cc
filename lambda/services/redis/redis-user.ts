import { aclRules } from './acl-rules';
import { readCertificateAuthority } from './certificate-authority';
import { SignIn } from './sign-in';
import { Administrator, UserOnNode } from './user-on-node';
import type { ChosenCredentials, SecretFields } from '../../../service';
import type { RedisRotationConfig } from '../../../src/private/rotation-config';
import { Credential } from '../../engine/contract/credential';
import { NoVerdict, RotationError } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** The passwords of a user of Redis or Valkey, who may have any number. */
export class RedisUser implements ChosenCredentials {
  readonly family = 'chosen';
  /** AWS documents no structure for secrets of Redis, and so no value of `engine`: where clients connect is what they need besides the login. */
  readonly facts: SecretFields;
  private readonly nodes: readonly UserOnNode[];

  constructor(
    private readonly config: RedisRotationConfig, private readonly invocation: Invocation, private readonly superuser?: () => Promise<SecretFields>,
    /** The directory of the bundle, where the CA file is; a test has its own. */
    bundle = __dirname,
  ) {
    const { username, nodes, customCertificateAuthority } = config;
    if (Buffer.from(username).toString() !== username) throw notUnicode(username);
    const user = { username, rules: config.aclRules === undefined ? undefined : aclRules(config.aclRules) };
    const signIn = new SignIn(invocation, {
      authorities: customCertificateAuthority ? () => readCertificateAuthority(bundle) : undefined,
      refusalRemedy: (refused) => `Ask there as a superuser: ACL GETUSER ${refused}. A node that restarted knows only the users that it had saved (ACL SAVE, CONFIG REWRITE)`,
    });
    this.nodes = nodes.map((endpoint) => new UserOnNode(user, endpoint, signIn, invocation));
    const [first] = nodes;
    if (first === undefined) throw noNodes(username);
    this.facts = { host: first.host, port: first.port };
  }

  fieldsOf(password: string): SecretFields {
    return { username: this.config.username, password };
  }

  principalOf({ username }: SecretFields): string | undefined {
    return username === this.config.username ? this.config.username : undefined;
  }

  /** All nodes are looked at before the first is changed. One that can't be asked fails the rotation, and clients go on as before: what is accepted stays accepted. */
  async apply(accepted: readonly SecretFields[], fence: () => Promise<void>): Promise<void> {
    const credentials = accepted.map((fields) => this.credentialOf(fields));
    const administrator = await this.administrator(credentials);
    await this.onEachNode((node) => node.inspect(administrator));
    await this.onEachNode((node) => node.converge(administrator, credentials, fence));
  }

  async verify(fields: SecretFields): Promise<void> {
    const credential = this.credentialOf(fields);
    await this.onEachNode((node) => node.verify(credential));
  }

  async check(current: SecretFields): Promise<void> {
    const credential = this.credentialOf(current);
    const administrator = await this.administrator([credential]);
    await this.onEachNode((node) => node.check(administrator, credential));
  }

  /** The user itself signs in with the current password, the last, before the new one: a normal rotation makes no failed sign-in. */
  private async administrator(own: readonly Credential[]): Promise<Administrator> {
    if (this.superuser === undefined) return { kind: 'the user itself', candidates: [...own].reverse() };
    const superuser = credentialIn(await this.superuser(), 'the superuser\'s secret');
    if (superuser.username === this.config.username) throw superuserIsTheUser(superuser);
    return { kind: 'superuser', candidates: [superuser] };
  }

  private credentialOf(fields: SecretFields): Credential {
    return credentialIn(fields, `a version of the secret of "${this.config.username}"`);
  }

  /** Every node is tried, however the others fare. A definite answer is told before one that is missing. */
  private async onEachNode(work: (node: UserOnNode) => Promise<void>): Promise<void> {
    const outcomes = await Promise.allSettled(this.nodes.map(work));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (failures.length === 0) return;
    const told = failures.find((failure) => !(failure instanceof NoVerdict)) ?? failures[0];
    failures.filter((failure) => failure !== told && failure instanceof RotationError).forEach((failure) => {
      this.invocation.log.warn('another node failed, too', { detail: (failure as RotationError).reason });
    });
    throw told;
  }
}

/** What has no form in UTF-8 would be sent as another name. */
function notUnicode(username: string): RotationError {
  return new RotationError('MISCONFIGURED', `the user name ${JSON.stringify(username)} is not valid Unicode`, { remedy: 'Correct the name in the properties of the construct' });
}

/** Nobody would be told of the new password, and nobody refuse it. */
function noNodes(username: string): RotationError {
  return new RotationError('MISCONFIGURED', `the function was told no node of "${username}"`, { remedy: 'Name every node in the property `nodes`' });
}

function credentialIn({ username, password }: SecretFields, where: string): Credential {
  if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '') return new Credential(username, password);
  throw new RotationError('SECRET_MALFORMED', `${where} holds no login`, { remedy: 'It must hold `username` and `password`, both strings and not empty' });
}

/** Its password would change, and its own secret would not hear of it: no later rotation could sign in. */
function superuserIsTheUser({ username }: Credential): RotationError {
  return new RotationError('SUPERUSER_IS_THE_SECRET', `the superuser's secret is for "${username}", whose passwords this rotation changes; nothing was changed`, {
    remedy: 'Give the construct the `superuserSecret` of another user, or none: then the user changes its own passwords',
  });
}
