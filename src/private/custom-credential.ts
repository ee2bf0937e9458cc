import { IConstruct } from 'constructs';
import { BoundCredential } from './bound-credential';
import { apisOf, customService } from './custom-service';
import { checkPort } from './endpoints';
import { brief, checkPlainName } from './names';
import { CustomServiceOptions } from '../custom-service-options';

const HTTPS = 443;

interface Options extends CustomServiceOptions {
  readonly port?: number;
  readonly username?: string;
}

export function customCredential(scope: IConstruct, options: Options): BoundCredential {
  const { port = HTTPS, username, vpc, securityGroups = [] } = options;
  checkPort(scope, 'port', port);
  if (username !== undefined) checkPlainName(scope, 'username', username);
  const custom = customService(scope, options);
  const whose = username === undefined ? '' : ` of ${brief(username)}`;
  return {
    service: 'custom',
    family: 'of its own',
    what: `the credentials${whose} at a service of one's own`,
    config: { username },
    reach: { what: 'service', endpoints: [], ports: [port], apis: apisOf(custom), vpc, securityGroups },
    statements: custom.statements,
    environment: custom.environment,
    files: { service: custom.entry },
    firstValue: { username, identity: username === undefined ? [] : [username] },
    takesSuperuser: true,
    alternates: false,
  };
}
