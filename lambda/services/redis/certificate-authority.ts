import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CA_DIRECTORY, CUSTOM_CA_FILE } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/** The CA that a construct with `certificateAuthority` added to its copy of the asset, as PEM; `bundle` is the directory of the bundle. */
export function readCertificateAuthority(bundle: string): Promise<string> {
  return readFile(join(bundle, CA_DIRECTORY, CUSTOM_CA_FILE), 'utf8').catch(() => {
    throw new RotationError('CA_MISSING', 'the CA file of this function\'s asset was not found, so no certificate can be verified', {
      remedy: 'Deploy the construct again: it adds the CA of the property `certificateAuthority` to the asset',
    });
  });
}
