import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { CA_DIRECTORY, CUSTOM_CA_FILE, CUSTOM_SERVICE_FILE } from './rotation-config';

const HANDLERS = join(__dirname, '..', '..', 'assets', 'lambda');

/** What the user adds to the bundled handler. */
export interface AddedFiles {
  /** PEM text. */
  readonly certificateAuthority?: string;
  /** Path of a service of the user's own. */
  readonly service?: string;
}

/** The bundled handler; with files of the user's, a copy of it that holds them. Its hash depends on the content alone. */
export function handlerCode(handler: string, { certificateAuthority, service }: AddedFiles = {}): AssetCode {
  const folder = join(HANDLERS, handler);
  if (certificateAuthority === undefined && service === undefined) return Code.fromAsset(folder);
  const copy = FileSystem.mkdtemp('cdk-secret-rotation-');
  cpSync(folder, copy, { recursive: true });
  if (certificateAuthority !== undefined) {
    mkdirSync(join(copy, CA_DIRECTORY), { recursive: true });
    writeFileSync(join(copy, CA_DIRECTORY, CUSTOM_CA_FILE), certificateAuthority);
  }
  if (service !== undefined) copyFileSync(service, join(copy, CUSTOM_SERVICE_FILE));
  return Code.fromAsset(copy);
}
