import type { Resolver } from './resolver';
import { isRecord, Stack } from './template';
import { Unresolvable } from './unresolvable';

type Operator = (resolver: Resolver, operands: readonly unknown[], stack: Stack) => boolean;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  'Fn::Equals': (resolver, [one, other], stack) => resolver.string(one, stack) === resolver.string(other, stack),
  'Fn::And': (resolver, operands, stack) => operands.every(operand => holds(resolver, operand, stack)),
  'Fn::Or': (resolver, operands, stack) => operands.some(operand => holds(resolver, operand, stack)),
  'Fn::Not': (resolver, [operand], stack) => !holds(resolver, operand, stack),
  'Condition': (resolver, [name], stack) => named(resolver, String(name), stack),
};

/** Whether a condition holds: an operator of the above, or the name of a condition of the template. */
export function holds(resolver: Resolver, condition: unknown, stack: Stack): boolean {
  const [name, operands] = isRecord(condition) ? Object.entries(condition)[0] ?? [] : [];
  const operator = name === undefined ? undefined : OPERATORS[name];
  if (operator === undefined) throw new Unresolvable(`the rehearsal does not know the condition ${JSON.stringify(condition)} (stack ${stack.name})`);
  return operator(resolver, Array.isArray(operands) ? operands : [operands], stack);
}

function named(resolver: Resolver, name: string, stack: Stack): boolean {
  const condition = stack.template.Conditions?.[name];
  if (condition === undefined) throw new Unresolvable(`stack ${stack.name} has no condition ${name}`);
  return resolver.guarded(`condition ${stack.name}/${name}`, () => holds(resolver, condition, stack));
}
