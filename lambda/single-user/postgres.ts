import { SingleUserStrategy } from './strategy';
import { PostgresRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { Connector } from '../services/postgres/connector';
import { OwnUser } from '../services/postgres/own-user';

export const handler = createHandler<PostgresRotationConfig>((config, invocation) =>
  new SingleUserStrategy(new OwnUser(new Connector(config, invocation)), config));
