import { createHash } from 'node:crypto';
import { arn, partitionOf } from './aws-environment';
import { NO_VALUE } from './no-value';
import type { Resolver } from './resolver';
import { isRecord, Stack } from './template';
import { Unresolvable } from './unresolvable';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO_PARAMETERS: Readonly<Record<string, (stack: Stack) => unknown>> = {
  'AWS::AccountId': stack => stack.account,
  'AWS::NoValue': () => NO_VALUE,
  'AWS::NotificationARNs': () => [],
  'AWS::Partition': stack => partitionOf(stack.region).name,
  'AWS::Region': stack => stack.region,
  'AWS::StackId': stack => arn(stack, 'cloudformation', `stack/${stack.name}/${uuid(stack.name)}`),
  'AWS::StackName': stack => stack.name,
  'AWS::URLSuffix': stack => partitionOf(stack.region).urlSuffix,
};

/** The value of a pseudo parameter or of a parameter of the template; undefined when it is neither. */
export function parameterOf(resolver: Resolver, stack: Stack, name: string): { readonly value: unknown } | undefined {
  const pseudo = PSEUDO_PARAMETERS[name];
  if (pseudo !== undefined) return { value: pseudo(stack) };
  const parameter = stack.template.Parameters?.[name];
  if (parameter === undefined) return undefined;
  const given = givenByParent(resolver, stack, name);
  if (given !== undefined) return { value: given };
  if (parameter.Type.startsWith('AWS::SSM::')) {
    throw new Unresolvable(`parameter ${name} of stack ${stack.name} is read from SSM at deployment`);
  }
  if (parameter.Default === undefined) throw new Unresolvable(`parameter ${name} of stack ${stack.name} has no default`);
  const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
  return { value: isList ? String(parameter.Default).split(',').map(item => item.trim()) : parameter.Default };
}

function givenByParent(resolver: Resolver, { parent }: Stack, name: string): unknown {
  if (parent === undefined) return undefined;
  const parameters = resolver.resource(parent.stack, parent.logicalId).properties.Parameters;
  return isRecord(parameters) && name in parameters ? resolver.resolve(parameters[name], parent.stack) : undefined;
}

/** Made up, and the same each time. */
export function uuid(from: string): string {
  const hex = createHash('sha256').update(from).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
