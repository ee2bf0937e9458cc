import { AlternatingUsersStrategy } from './strategy';
import { PostgresRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { Connector } from '../services/postgres/connector';
import { Twins } from '../services/postgres/twins';

export const handler = createHandler<PostgresRotationConfig>((config, invocation) =>
  new AlternatingUsersStrategy(new Twins(new Connector(config, invocation)), config));
