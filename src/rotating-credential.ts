import { IUser } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { BoundCredential } from './private/bound-credential';
import { elastiCacheUser, memoryDbUser, redisUser } from './private/cache-credentials';
import { customCredential } from './private/custom-credential';
import { iamAccessKey, sesSmtp } from './private/iam-credentials';
import { CustomCredentialOptions, ElastiCacheUserOptions, MemoryDbUserOptions, RedisUserOptions, SesSmtpOptions } from './rotating-credential-options';

/** A credential of which its principal may hold two at a time: what a `MultiCredentialRotation` rotates. */
export class RotatingCredential {
  /**
   * The access keys of an IAM user, who has room for two; both are the rotation's then. The secret holds `accessKeyId` and
   * `secretAccessKey`. A user with a path is imported by its ARN (`User.fromUserArn`): its name alone does not tell the
   * path. Keys stay when the rotation is removed; IAM deletes no user who has any. Errors: a user of another account.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
   * @param user The user, defined in the app or imported.
   */
  public static iamAccessKey(user: IUser): RotatingCredential {
    return new RotatingCredential((scope) => iamAccessKey(scope, user));
  }

  /**
   * The SMTP credentials of an IAM user for Amazon SES, derived from its access keys, of which it has room for two; both are
   * the rotation's then. The secret holds `username`, `password`, `host` and `port`; the username changes at each rotation,
   * and the access key itself is stored nowhere. The user needs `ses:SendRawEmail`. Errors: a user of another account, and
   * a port at which SES does not listen or Lambda lets nothing out.
   *
   * @see https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
   * @param user The user, defined in the app or imported.
   * @param options Where mail is sent.
   */
  public static sesSmtp(user: IUser, options: SesSmtpOptions = {}): RotatingCredential {
    return new RotatingCredential((scope) => sesSmtp(scope, user, options));
  }

  /**
   * A user of Redis OSS (6 or later) or Valkey on servers of one's own, at every one of their nodes. The superuser's secret is the
   * rotation's `superuserSecret`; without it the user signs in itself. Whoever signs in needs `ACL GETUSER`, `ACL SETUSER`, `ACL SAVE` and, without an ACL file,
   * `CONFIG REWRITE`. Passwords of the user that no version of the secret references are removed. The secret
   * holds `username`, `password`, and `host` and `port` of the first node. Errors: no node, a node twice, and rules about passwords.
   *
   * @see https://valkey.io/topics/acl/
   * @param options The user and the nodes.
   */
  public static redisUser(options: RedisUserOptions): RotatingCredential {
    return new RotatingCredential((scope) => redisUser(scope, options));
  }

  /**
   * A user of Amazon ElastiCache who signs in with a password. Its two passwords are the rotation's then: the first rotation replaces those that it has
   * by the two of the secret. The secret holds `username`, `password`, `user_arn`, and `host` and `port` where an endpoint is given. ElastiCache wants passwords of 16 characters or
   * more. A user of the same app is waited for when you say so: `rotation.schedule.node.addDependency(user)`.
   *
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
   * @param options The user, and where clients connect.
   */
  public static elastiCacheUser(options: ElastiCacheUserOptions): RotatingCredential {
    return new RotatingCredential((scope) => elastiCacheUser(scope, options));
  }

  /**
   * A user of Amazon MemoryDB who signs in with a password. Its two passwords are the rotation's then: the first rotation replaces those that it has
   * by the two of the secret. The secret holds `username`, `password`, `user_arn`, and `host` and `port` where an endpoint is given. MemoryDB wants passwords of 16 characters or
   * more. A user of the same app is waited for when you say so: `rotation.schedule.node.addDependency(user)`.
   *
   * @see https://docs.aws.amazon.com/memorydb/latest/devguide/clusters.acls.html
   * @param options The user, and where clients connect.
   */
  public static memoryDbUser(options: MemoryDbUserOptions): RotatingCredential {
    return new RotatingCredential((scope) => memoryDbUser(scope, options));
  }

  /**
   * Credentials of a service of one's own: it exports the family `issued` or `chosen` of `cdk-secret-rotation/service`, and
   * gets labels, retries, fencing, logs and metrics of the rotation's engine with it. The superuser's secret, where it
   * needs one, is the rotation's `superuserSecret`. Errors: a file that is none or no CommonJS, variables that
   * the rotation sets itself, and every action on every resource.
   *
   * @param options The file of the service, and what it is given.
   */
  public static custom(options: CustomCredentialOptions): RotatingCredential {
    return new RotatingCredential((scope) => customCredential(scope, options));
  }

  private constructor(private readonly describe: (scope: IConstruct) => BoundCredential) {}

  /** @internal */
  public _bind(scope: IConstruct): BoundCredential {
    return this.describe(scope);
  }
}
