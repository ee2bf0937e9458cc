import { PostgresRotationConfig } from '../../src/private/rotation-config';
import { createHandler } from '../engine/handler';
import { Connector } from '../services/postgres/connector';
import { Twins } from '../services/postgres/twins';
import { AlternatingUsersStrategy } from './strategy';

export const handler = createHandler<PostgresRotationConfig>((config, invocation) =>
  new AlternatingUsersStrategy(new Twins(new Connector(config, invocation)), config));
