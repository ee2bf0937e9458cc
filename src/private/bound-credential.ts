import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FirstValue } from './frozen-secret';
import { AddedFiles } from './handler-asset';
import { Reach } from './reach';
import { ServiceName } from './rotation-config';

/** Who makes a credential up. Of a service of one's own only its code knows. */
export type Family = 'issued' | 'chosen' | 'of its own';

/** What a credential tells the rotation that it is given to. */
export interface BoundCredential {
  /** Folder of the service in `lambda/services`. */
  readonly service: ServiceName;
  readonly family: Family;
  /** What is rotated, in words, within the 256 characters of a function's description. */
  readonly what: string;
  /** The service's part of the function's configuration. */
  readonly config: object;
  readonly reach: Reach;
  readonly statements?: PolicyStatement[];
  readonly environment?: Record<string, string>;
  readonly files?: AddedFiles;
  readonly firstValue: FirstValue;
  /** Whether a superuser may change the credential. */
  readonly takesSuperuser: boolean;
  /** Least length of a password, where the service has one of its own. Characters. */
  readonly leastPasswordLength?: number;
  /** Whether rotations change the secret's `username`. */
  readonly alternates: boolean;
}
