import { existsSync, readdirSync, statSync } from 'fs';
import { basename, join } from 'path';

export interface CompositionRoot {
  /** `<strategy>-<service>`: the name of the asset. */
  readonly name: string;
  readonly strategy: string;
  readonly service: string;
  /** Relative to the project's root, so that a bundle does not depend on where the checkout lies. */
  readonly source: string;
}

/** Names of the folders in `lambda/services/`. */
export function services(root: string): string[] {
  return folders(join(root, 'lambda/services'));
}

/** Names of the folders in `lambda/` that hold a strategy. */
export function strategies(root: string): string[] {
  return folders(join(root, 'lambda')).filter(folder => folder !== 'engine' && folder !== 'services');
}

/** A file beside a `strategy.ts` that is named after a service. */
export function compositionRoots(root: string): CompositionRoot[] {
  return strategies(root).flatMap(strategy => services(root)
    .map(service => ({ name: `${strategy}-${service}`, strategy, service, source: `lambda/${strategy}/${service}.ts` }))
    .filter(candidate => existsSync(join(root, `lambda/${strategy}/strategy.ts`)) && existsSync(join(root, candidate.source))));
}

/**
 * Entry points of the rehearsal, by the name of their output in `assets/rehearsal/`:
 * the command `cli.ts` becomes `index.js`; any `<name>.entry.ts`, at whatever depth, is a process of its own and becomes `<name>.js`.
 */
export function rehearsalEntries(root: string): Record<string, string> {
  const sources = sourcesIn(root, 'rehearsal');
  return Object.fromEntries([
    ...sources.filter(source => source === 'rehearsal/cli.ts').map(source => ['index', source]),
    ...sources.filter(source => source.endsWith('.entry.ts')).map(source => [basename(source, '.entry.ts'), source]),
  ]);
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent).filter(entry => statSync(join(parent, entry)).isDirectory()).sort();
}

function sourcesIn(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map(file => `${folder}/${file.replaceAll('\\', '/')}`)
    .sort();
}
