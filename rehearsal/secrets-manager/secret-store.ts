import { randomInt } from 'crypto';
import { invalidRequest, notFound } from './errors';
import { Notifications } from './notifications';
import { Settings } from './options';
import { Secret } from './secret';

const SUFFIX_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SUFFIX_LENGTH = 6;

/** The secrets of an account in a region. */
export class SecretStore {
  private readonly secrets = new Map<string, Secret>();

  constructor(private readonly settings: Settings, private readonly notifications: Notifications) {}

  get all(): Secret[] {
    return [...this.secrets.values()];
  }

  /** The ARN of a secret without the random characters that the service adds. */
  partialArn(name: string): string {
    const { partition, region, account } = this.settings;
    return `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}`;
  }

  add(name: string): Secret {
    const secret = new Secret({
      arn: `${this.partialArn(name)}-${randomSuffix()}`,
      name,
      createdDate: this.settings.now(),
      pendingOnPromotion: this.settings.pendingOnPromotion,
      deprecatedVersions: this.settings.deprecatedVersions,
      onLabel: (of, label, versionId) => this.notifications.labelUpdated(of, label, versionId),
    });
    this.secrets.set(secret.arn, secret);
    return secret;
  }

  remove(secret: Secret): void {
    this.secrets.delete(secret.arn);
  }

  /**
   * By name, ARN or partial ARN. A partial ARN whose name ends in a hyphen and six characters is taken for a complete one:
   * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
   */
  find(secretId: string): Secret | undefined {
    if (!secretId.startsWith('arn:')) {
      return this.all.find((secret) => secret.name === secretId);
    }
    const looksComplete = /-[A-Za-z0-9]{6}$/.test(secretId);
    return this.secrets.get(secretId) ?? (looksComplete ? undefined : this.all.find((secret) => this.partialArn(secret.name) === secretId));
  }

  get(secretId: string): Secret {
    const secret = this.find(secretId);
    if (secret === undefined) {
      throw notFound("Secrets Manager can't find the specified secret.");
    }
    return secret;
  }

  /** For the operations that a secret scheduled for deletion refuses. */
  getUsable(secretId: string): Secret {
    const secret = this.get(secretId);
    if (secret.deletionDate !== undefined) {
      throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    }
    return secret;
  }
}

function randomSuffix(): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => SUFFIX_CHARACTERS.charAt(randomInt(SUFFIX_CHARACTERS.length))).join('');
}
