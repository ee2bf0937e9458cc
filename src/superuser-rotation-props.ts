import { Cutover } from './cutover';
import { PostgresSuperuserRotationProps } from './postgres-rotation-props';

/** Props of {@link SuperuserRotation}. */
export interface SuperuserRotationProps extends PostgresSuperuserRotationProps {
  /**
   * How the password is changed and the new version promoted.
   *
   * @default Cutover.SINGLE_STEP
   */
  readonly cutover?: Cutover;
}
