import { EventEmitter } from 'events';

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html */
export interface SecretLabelUpdated {
  readonly 'source': 'aws.secretsmanager';
  readonly 'detail-type': 'Secret Label Updated';
  readonly 'resources': readonly [string];
  readonly 'detail': { readonly name: string; readonly labelUpdated: string; readonly versionId: string };
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html */
export type ServiceEventName =
  | 'RotationStarted' | 'RotationSucceeded' | 'RotationFailed' | 'RotationAbandoned'
  | 'TestRotationStarted' | 'TestRotationSucceeded' | 'TestRotationFailed'
  | 'StartSecretVersionDelete' | 'EndSecretVersionDelete';

/** An event that CloudTrail records as `AwsServiceEvent`. */
export interface ServiceEvent {
  readonly eventType: 'AwsServiceEvent';
  readonly eventName: ServiceEventName;
  readonly additionalEventData: { readonly SecretId: string };
  /** Names the function and the step; of failures only. */
  readonly errorMessage?: string;
}

export interface NotificationEvents {
  readonly labelUpdated: [SecretLabelUpdated];
  readonly serviceEvent: [ServiceEvent];
}

/** What the service tells the world. */
export class Notifications extends EventEmitter {
  on<Name extends keyof NotificationEvents>(name: Name, listener: (...event: NotificationEvents[Name]) => void): this {
    return super.on(name, listener as (...event: unknown[]) => void);
  }

  labelUpdated(secret: { readonly arn: string; readonly name: string }, label: string, versionId: string): void {
    if (label === 'AWSPENDING' || label === 'AWSPREVIOUS') {
      return;
    }
    const event: SecretLabelUpdated = {
      'source': 'aws.secretsmanager',
      'detail-type': 'Secret Label Updated',
      'resources': [secret.arn],
      'detail': { name: secret.name, labelUpdated: label, versionId },
    };
    this.emit('labelUpdated', event);
  }

  serviceEvent(eventName: ServiceEventName, secretArn: string, errorMessage?: string): void {
    const event: ServiceEvent = { eventType: 'AwsServiceEvent', eventName, additionalEventData: { SecretId: secretArn }, errorMessage };
    this.emit('serviceEvent', event);
  }
}
