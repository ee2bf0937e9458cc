import { build, formatMessages } from 'esbuild';

export interface BundleOptions {
  readonly root: string;
  readonly outdir: string;
  /** Sources relative to the root, by the name of their output. */
  readonly entryPoints: Record<string, string>;
}

/** Loaded on demand only, and never in a function: an optional driver, and sources of credentials that a function has not (130 KB). */
const EXTERNAL = [
  'pg-native',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Bundles and returns the folders, relative to the root, of the packages whose code is in the bundles. */
export async function bundle(options: BundleOptions): Promise<string[]> {
  const { metafile, warnings } = await build({
    absWorkingDir: options.root,
    entryPoints: options.entryPoints,
    outdir: options.outdir,
    bundle: true,
    metafile: true,
    minify: true,
    charset: 'utf8',
    format: 'cjs',
    platform: 'node',
    target: 'node20', // the rehearsal runs the handlers on the user's Node.js, not only on Lambda's
    mainFields: ['module', 'main'], // the AWS SDK's CommonJS build cannot be tree-shaken
    external: EXTERNAL,
    logLevel: 'silent',
    legalComments: 'none', // the texts are in THIRD-PARTY-LICENSES.txt
  });
  if (warnings.length > 0) {
    throw new Error(`esbuild warns; a bundle is made without warnings only.\n${(await formatMessages(warnings, { kind: 'warning' })).join('\n')}`);
  }
  return packageFolders(Object.values(metafile.outputs).flatMap(output => Object.entries(output.inputs)
    .filter(([, input]) => input.bytesInOutput > 0)
    .map(([source]) => source)));
}

function packageFolders(sources: string[]): string[] {
  const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/;
  return [...new Set(sources.flatMap(source => folder.exec(source) ?? []))].sort();
}
