import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib';
import { AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { CA_DIRECTORY, CUSTOM_CA_FILE } from './rotation-config';

const HANDLERS = join(__dirname, '..', '..', 'assets', 'lambda');

/** The bundled handler; with a CA of the user's, a copy of it that holds the CA. Its hash depends on the content alone. */
export function handlerCode(handler: string, certificateAuthority: string | undefined): AssetCode {
  const folder = join(HANDLERS, handler);
  if (certificateAuthority === undefined) return Code.fromAsset(folder);
  const copy = FileSystem.mkdtemp('cdk-secret-rotation-');
  cpSync(folder, copy, { recursive: true });
  mkdirSync(join(copy, CA_DIRECTORY), { recursive: true });
  writeFileSync(join(copy, CA_DIRECTORY, CUSTOM_CA_FILE), certificateAuthority);
  return Code.fromAsset(copy);
}
