import { Rotation } from './rotation';

/**
 * An algorithm for the four steps. Each may be repeated, run concurrently or late, and must end in the same state. A strategy keeps no
 * state between steps: they may run in different processes.
 */
export interface RotationStrategy {
  createSecret(rotation: Rotation): Promise<void>;
  setSecret(rotation: Rotation): Promise<void>;
  testSecret(rotation: Rotation): Promise<void>;
  finishSecret(rotation: Rotation): Promise<void>;
  /** Between two rotations: makes the credential before the current one unusable, where the construct asks for that. */
  retire?(rotation: Rotation): Promise<void>;
}
