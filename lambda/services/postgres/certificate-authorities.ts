import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CA_DIRECTORY, CUSTOM_CA_FILE } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

/** Where the CA files are; a test has its own. */
export interface CertificateAuthorityFiles {
  /** The directory of the bundle. */
  readonly bundle: string;
  readonly region: string | undefined;
  /** Amazon RDS's CAs of the function's own region, which every Node.js runtime of Lambda since 20 has as a file. */
  readonly runtimeFile: string;
}

export function certificateAuthorityFiles(): CertificateAuthorityFiles {
  return { bundle: __dirname, region: process.env.AWS_REGION, runtimeFile: '/var/runtime/ca-cert.pem' };
}

/** The CAs, as PEM, that the server's certificate must come from. No other is ever trusted. */
export async function readCertificateAuthorities(custom: boolean | undefined, files: CertificateAuthorityFiles): Promise<string> {
  const directory = join(files.bundle, CA_DIRECTORY);
  if (custom) return readFile(join(directory, CUSTOM_CA_FILE), 'utf8').catch(() => { throw missing('the CA file of this function\'s asset'); });
  return readFile(join(directory, `${files.region}.pem`), 'utf8')
    .catch(() => readFile(files.runtimeFile, 'utf8'))
    .catch(() => { throw missing(`a CA file of Amazon RDS for the region ${files.region}`); });
}

function missing(what: string): RotationError {
  return new RotationError('CA_MISSING', `${what} was not found, so the certificate of the server cannot be verified`, {
    remedy: 'Give the PEM text of the CA as the property `certificateAuthority` of the construct',
  });
}
