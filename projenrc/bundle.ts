import { mkdirSync, mkdtempSync, rmSync } from 'fs';
import { join, resolve } from 'path';
import { bundle } from './bundle/bundle-code';
import { writeCertificateAuthorities } from './bundle/certificate-authorities';
import { CompositionRoot, compositionRoots, rehearsalEntries } from './bundle/entry-points';
import { replaceDirectory } from './bundle/replace-directory';
import { CERTIFICATES_PACKAGE, writeThirdPartyLicences } from './bundle/third-party-licences';

/** Writes all that the package carries beside its constructs: handlers, rehearsal, CA files, licences. */
export async function writeAssets(root: string, outdir: string): Promise<void> {
  for (const handler of compositionRoots(root)) {
    await writeHandler(root, handler, join(outdir, 'lambda', handler.name));
  }
  await writeRehearsal(root, join(outdir, 'rehearsal'));
}

/** Services that sign in to Amazon RDS, whose authorities are none of Node.js's own. */
const OF_RDS = ['postgres'];

async function writeHandler(root: string, { source, service }: CompositionRoot, outdir: string): Promise<void> {
  const packages = await bundle({ root, outdir, entryPoints: { index: source } });
  const isOfRds = OF_RDS.includes(service);
  if (isOfRds) writeCertificateAuthorities(join(outdir, 'ca'), new Date());
  writeThirdPartyLicences(root, isOfRds ? [...packages, CERTIFICATES_PACKAGE] : packages, outdir);
}

async function writeRehearsal(root: string, outdir: string): Promise<void> {
  const entryPoints = rehearsalEntries(root);
  if (Object.keys(entryPoints).length === 0) return;
  const packages = await bundle({ root, outdir, entryPoints });
  writeThirdPartyLicences(root, packages, outdir);
}

/** Builds beside `assets/` and swaps: a test that reads the assets meanwhile sees the old ones or the new ones, never half of them. */
async function main(root: string): Promise<void> {
  const scratch = mkdtempSync(join(root, '.assets-'));
  try {
    await writeAssets(root, join(scratch, 'new'));
    mkdirSync(join(scratch, 'new'), { recursive: true });
    replaceDirectory(join(scratch, 'new'), join(root, 'assets'), join(scratch, 'old'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (require.main === module) {
  main(resolve(__dirname, '..')).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
