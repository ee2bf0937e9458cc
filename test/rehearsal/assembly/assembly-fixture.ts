import { Assembly, Stack, Template } from '../../../rehearsal/assembly/template';

/** A stack as it is read from a cloud assembly. */
export function stackOf(template: Template, overrides: Partial<Stack> = {}): Stack {
  return {
    name: 'Shop', account: '111122223333', region: 'us-east-1', template, directory: __dirname, assets: new Map(), constructPaths: new Map(), ...overrides,
  };
}

export function assemblyOf(...stacks: readonly Stack[]): Assembly {
  return { directory: __dirname, stacks };
}
