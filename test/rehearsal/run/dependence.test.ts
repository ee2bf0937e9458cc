import { RotationDefinition } from '../../../rehearsal/assembly/discovery';
import { inOrderOfDependence } from '../../../rehearsal/run/dependence';

function rotation(name: string, uses = ''): RotationDefinition {
  return { secretArn: `arn:${name}`, function: { environment: { CONFIG: `{"superuserSecretArn":"${uses}"}` } } } as unknown as RotationDefinition;
}

function order(...rotations: readonly RotationDefinition[]): string[] {
  return inOrderOfDependence(rotations).map(({ secretArn }) => secretArn);
}

test('a rotation comes after the one whose secret it uses', () => {
  expect(order(rotation('app', 'arn:admin'), rotation('admin', 'arn:master'), rotation('master'))).toEqual(['arn:master', 'arn:admin', 'arn:app']);
});

test('others keep the order of the templates', () => {
  expect(order(rotation('b'), rotation('a'))).toEqual(['arn:b', 'arn:a']);
});

test('rotations that use each other are all there', () => {
  expect(order(rotation('a', 'arn:b'), rotation('b', 'arn:a')).sort()).toEqual(['arn:a', 'arn:b']);
});
