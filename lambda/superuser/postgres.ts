import { SuperuserStrategy } from './strategy';
import { PostgresRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { Connector } from '../services/postgres/connector';
import { ManagedUser } from '../services/postgres/managed-user';

export const handler = createHandler<PostgresRotationConfig>((config, invocation) =>
  new SuperuserStrategy(new ManagedUser(new Connector(config, invocation)), config));
