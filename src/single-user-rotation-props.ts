import { Cutover } from './cutover';
import { PostgresRotationProps } from './postgres-rotation-props';

/** Props of {@link SingleUserRotation}. */
export interface SingleUserRotationProps extends PostgresRotationProps {
  /**
   * How the password is changed and the new version promoted.
   *
   * @default Cutover.SINGLE_STEP
   */
  readonly cutover?: Cutover;
}
