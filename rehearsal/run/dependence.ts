import type { RotationDefinition } from '../assembly/discovery';

/** A rotation that uses another one's secret, as its superuser's, comes after that one: it may only exist from then on. */
export function inOrderOfDependence(rotations: readonly RotationDefinition[]): RotationDefinition[] {
  const ordered = new Set<RotationDefinition>();
  const visit = (rotation: RotationDefinition, above: readonly RotationDefinition[]): void => {
    if (ordered.has(rotation) || above.includes(rotation)) return;
    rotations.filter(other => other !== rotation && uses(rotation, other)).forEach(other => visit(other, [...above, rotation]));
    ordered.add(rotation);
  };
  rotations.forEach(rotation => visit(rotation, []));
  return [...ordered];
}

function uses({ function: { environment } }: RotationDefinition, { secretArn }: RotationDefinition): boolean {
  return Object.values(environment).some(value => value.includes(secretArn));
}
