import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadService, LoadedService } from '../../lambda/services/custom/load-service';
import { CUSTOM_SERVICE_FILE } from '../../src/private/rotation-config';

/** A folder as a function's code lies in: with the file of a service beside the bundle. */
export function folderWith(service: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-secret-rotation-service-'));
  if (service !== undefined) writeFileSync(join(folder, CUSTOM_SERVICE_FILE), service);
  return folder;
}

export function loaded(service: string): LoadedService {
  return loadService(folderWith(service));
}
