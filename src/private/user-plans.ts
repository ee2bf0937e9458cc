import { Construct } from 'constructs';
import { AlternatingUsersRotationProps } from '../alternating-users-rotation-props';
import { SingleUserRotationProps } from '../single-user-rotation-props';
import { SuperuserRotationProps } from '../superuser-rotation-props';
import { customAlternatingUsersPlan, customSingleUserPlan, customSuperuserPlan } from './custom-plans';
import { postgresAlternatingUsersPlan, postgresSingleUserPlan, postgresSuperuserPlan } from './postgres-plans';
import { RotationPlan } from './rotation-base';

/** `SingleUserRotation`: the user's own secret, which exists and which the database knows. */
export function singleUserPlan(self: Construct, props: SingleUserRotationProps): RotationPlan {
  const target = props.target._bind(self);
  return target.service === 'custom' ? customSingleUserPlan(self, props, target) : postgresSingleUserPlan(self, props, target);
}

/** `SuperuserRotation`: the user's secret, new unless given, and the superuser's. */
export function superuserPlan(self: Construct, props: SuperuserRotationProps): RotationPlan {
  const target = props.target._bind(self);
  return target.service === 'custom' ? customSuperuserPlan(self, props, target) : postgresSuperuserPlan(self, props, target);
}

/** `AlternatingUsersRotation`: the secret of the user in use, new unless given, and the superuser's. */
export function alternatingUsersPlan(self: Construct, props: AlternatingUsersRotationProps): RotationPlan {
  const target = props.target._bind(self);
  return target.service === 'custom' ? customAlternatingUsersPlan(self, props, target) : postgresAlternatingUsersPlan(self, props, target);
}
