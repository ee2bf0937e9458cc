import { Token } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { refuse } from './refuse';
import { EndpointConfig } from './rotation-config';

export function checkPort(scope: IConstruct, prop: string, port: number): void {
  if (Token.isUnresolved(port) || (Number.isInteger(port) && port >= 1 && port <= 65535)) return;
  refuse(scope, `${prop} must be a whole number from 1 to 65535, got ${port}`);
}

export function checkHost(scope: IConstruct, prop: string, host: string): void {
  if (Token.isUnresolved(host)) return;
  if (/^[A-Za-z0-9._:-]+$/.test(host)) return;
  refuse(scope, `${prop} must be a name or an address alone, got '${host}'; leave out scheme, port and path`);
}

/** CDK's own `Endpoint`, as the function is told of it. */
export function endpointConfig({ hostname, port }: { readonly hostname: string; readonly port: number }): EndpointConfig {
  return { host: hostname, port };
}
