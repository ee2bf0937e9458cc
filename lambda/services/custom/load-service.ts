import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ContractVersion, CreateService } from '../../../service';
import { CUSTOM_SERVICE_FILE } from '../../../src/private/rotation-config';
import { RotationError } from '../../engine/contract/errors';

const CONTRACT_VERSION: ContractVersion = 1;
const OTHER_VERSION = 'Build the service against the version of cdk-secret-rotation that deployed this function, or install the one that the service was built for; then deploy';

/** What was loaded, or why it can't be used: told at the first step, where it is logged as any failure is. */
export type LoadedService = { readonly createService: CreateService } | { readonly refused: RotationError };

/** Loads the file that the construct put beside the bundle, at cold start. */
export function loadService(directory: string): LoadedService {
  try {
    const { contractVersion, createService } = load(join(directory, CUSTOM_SERVICE_FILE));
    if (contractVersion !== CONTRACT_VERSION) return { refused: otherVersion(contractVersion) };
    if (typeof createService !== 'function') return { refused: mismatch('it exports no function createService') };
    return { createService: createService as CreateService };
  } catch (error: unknown) {
    return { refused: error instanceof RotationError ? error : notLoaded(error) };
  }
}

/** What a service is not, for the strategy at hand. */
export function mismatch(reason: string, remedy = 'See `cdk-secret-rotation/service` for what it must export, build it again, and deploy'): RotationError {
  return new RotationError('CONTRACT_MISMATCH', `the file of the service of your own does not fit: ${reason}; nothing was changed`, { remedy });
}

/** The bundler must not look for a file that is the user's. */
function load(file: string): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) {
    throw new RotationError('MISCONFIGURED', `there is no ${CUSTOM_SERVICE_FILE} beside the function's code`, { remedy: 'Deploy the construct again: it puts the file of `entry` there' });
  }
  const exported: unknown = createRequire(file)(file);
  return typeof exported === 'object' && exported !== null ? exported as Readonly<Record<string, unknown>> : {};
}

function otherVersion(found: unknown): RotationError {
  if (typeof found !== 'number') return mismatch(found === undefined ? 'it exports no contractVersion' : 'the contractVersion that it exports is no number');
  return mismatch(`it is written for version ${found} of the interface, this function for version ${CONTRACT_VERSION}`, OTHER_VERSION);
}

/** Its text may hold anything. */
function notLoaded(error: unknown): RotationError {
  return new RotationError('SERVICE_FAILED', `the file of the service of your own could not be loaded (${error instanceof Error ? error.name : typeof error})`, {
    remedy: 'Load it with `node --require` where you build it. It must be bundled, CommonJS, and for the Node.js of the function\'s runtime',
  });
}
