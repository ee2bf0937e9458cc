import { ChosenStrategy } from './chosen/chosen-strategy';
import { IssuedStrategy } from './issued/issued-strategy';
import { PROPAGATION, Propagation } from './propagation';
import type { ChosenCredentials, IssuedCredentials, SecretFields, ServiceContext } from '../../service';
import { MultiCredentialConfig } from '../../src/private/rotation-config';
import { Rotation } from '../engine/rotation';
import { RotationStrategy } from '../engine/strategy';
import { againWhileSuperuserRefused, superuserVersion } from '../engine/superuser-secret';

export type CreateCredentials = (context: ServiceContext) => IssuedCredentials | ChosenCredentials;

/**
 * One principal holds two credentials: clients use the one, and the other is retired and made anew; then they move over. How it is made depends on who
 * makes it up: the service (issued) or the rotation (chosen).
 */
export function multiCredentialStrategy(
  createCredentials: CreateCredentials, config: MultiCredentialConfig, propagation: Propagation = PROPAGATION,
): RotationStrategy {
  const perform = (rotation: Rotation, step: (strategy: Required<RotationStrategy>) => Promise<void>): Promise<void> =>
    againWhileSuperuserRefused(rotation, () => {
      const service = createCredentials(contextOf(rotation, config));
      return step(service.family === 'issued' ? new IssuedStrategy(service, config, propagation) : new ChosenStrategy(service, config));
    });
  return {
    createSecret: (rotation) => perform(rotation, (strategy) => strategy.createSecret(rotation)),
    setSecret: (rotation) => perform(rotation, (strategy) => strategy.setSecret(rotation)),
    testSecret: (rotation) => perform(rotation, (strategy) => strategy.testSecret(rotation)),
    finishSecret: (rotation) => perform(rotation, (strategy) => strategy.finishSecret(rotation)),
    retire: (rotation) => perform(rotation, (strategy) => strategy.retire(rotation)),
  };
}

/** The superuser's secret is read when the service asks for it, once in each attempt of a step. */
function contextOf(rotation: Rotation, config: MultiCredentialConfig): ServiceContext {
  const { deadline, log } = rotation.invocation;
  let fields: Promise<SecretFields> | undefined;
  return {
    superuser: () => fields ??= superuserVersion(rotation, config).then(({ document }) => document.fields),
    signal: AbortSignal.timeout(Math.ceil(deadline.remainingMs)),
    note: (detail) => log.info('the service says', { detail }),
  };
}
