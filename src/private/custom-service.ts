import { readFileSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';
import { ROTATION_CONFIG } from './rotation-config';

interface CustomServiceOptions {
  readonly entry: string;
  readonly environment?: { readonly [name: string]: string };
  readonly policyStatements?: PolicyStatement[];
}

/** A service of the user's own: the file that implements it, and what its code is given. */
export interface CustomService {
  /** Absolute path. */
  readonly entry: string;
  readonly environment: Record<string, string>;
  readonly statements: PolicyStatement[];
}

/** "Key" of Lambda's `Environment`, API reference: a letter first, at least two characters. */
const VARIABLE_NAME = /^[a-zA-Z][a-zA-Z0-9_]+$/;

/** An import or export of an ES module, in a file that exports nothing as CommonJS does. */
const ES_MODULE = /^(?:import|export)[\s{*]/m;
const COMMON_JS = /\bexports\b|\brequire\(/;

export function customService(scope: IConstruct, { entry, environment = {}, policyStatements = [] }: CustomServiceOptions): CustomService {
  checkEntry(scope, entry);
  Object.keys(environment).forEach((name) => checkVariable(scope, name));
  policyStatements.forEach((statement) => checkStatement(scope, statement));
  return { entry: resolve(entry), environment: { ...environment }, statements: policyStatements };
}

/** Further APIs of AWS that the function calls, in words. */
export function apisOf({ statements }: CustomService): string | undefined {
  return statements.length > 0 ? 'the APIs of policyStatements' : undefined;
}

function checkEntry(scope: IConstruct, entry: string): void {
  const found = statSync(entry, { throwIfNoEntry: false });
  if (found === undefined) refuse(scope, `entry names no file, got '${entry}', looked for at ${resolve(entry)}; give its path with join(__dirname, …)`);
  if (!found.isFile()) refuse(scope, `entry must be a file, got the directory '${entry}'; bundle your service into one file, and name that`);
  if (!['.js', '.cjs'].includes(extname(entry))) {
    refuse(scope, `entry must be JavaScript, a file ending in .js or .cjs, got '${entry}'; bundle your service into one CommonJS file, for example: esbuild --bundle --platform=node`);
  }
  const text = readFileSync(entry, 'utf8');
  if (ES_MODULE.test(text) && !COMMON_JS.test(text)) {
    refuse(scope, `entry must be CommonJS, '${entry}' is an ES module; bundle it with esbuild --bundle --platform=node --format=cjs`);
  }
}

function checkVariable(scope: IConstruct, name: string): void {
  if (name === ROTATION_CONFIG || name.startsWith('AWS_')) {
    refuse(scope, `environment must not set ${name}, which the rotation or Lambda sets itself; choose another name`);
  }
  if (!VARIABLE_NAME.test(name)) {
    refuse(scope, `environment names a variable '${name}', which Lambda refuses; use a letter first, then letters, digits and _`);
  }
}

function checkStatement(scope: IConstruct, { effect, actions, resources }: PolicyStatement): void {
  if (effect !== Effect.ALLOW || !actions.includes('*') || !resources.includes('*')) return;
  refuse(scope, 'policyStatements allows every action on every resource; name the actions and resources that the service needs');
}
