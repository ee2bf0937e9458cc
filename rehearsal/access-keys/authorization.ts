import { accessDenied, validation } from './errors';
import { Input } from './input';
import { Services } from './service';

/** Finds out which user a call of IAM is about, and asks whether it is allowed. */
export class Authorizer {
  constructor(private readonly services: Services) {}

  /** Returns the user's name. A caller learns whether a user or key exists only if allowed to. */
  call(accessKeyId: string, operation: string, input: Input): string {
    const userName = operation === 'GetAccessKeyLastUsed' ? this.ownerOf(input.required('AccessKeyId')) : this.userOf(accessKeyId, input);
    const action = `iam:${operation}`;
    const resource = this.arnOf(userName);
    const decision = this.services.settings.authorize({ accessKeyId, action, resource, context: {} });
    if (!decision.allowed) {
      throw accessDenied(`User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${resource} because ${decision.reason}`);
    }
    return userName;
  }

  /** "If you do not specify a user name, IAM determines the user name implicitly based on the access key ID signing the request." */
  private userOf(accessKeyId: string, input: Input): string {
    const userName = input.string('UserName') ?? this.services.users.findKey(accessKeyId)?.userName;
    if (userName === undefined) throw validation('Must specify userName when calling with non-User credentials');
    return userName;
  }

  private ownerOf(keyId: string): string {
    return this.services.users.findKey(keyId)?.userName ?? '';
  }

  private arnOf(userName: string): string {
    const { users } = this.services;
    return userName === '' ? '*' : users.find(userName)?.arn ?? users.arn(userName);
  }
}
