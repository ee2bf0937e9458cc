import { all, any, arn, ifResolved, Match, not, wildcard } from './match';
import { listOf } from './policy';

export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html; any other operator is unknown. */
const COMPARISONS = new Map<string, (expected: string, actual: string) => Match>([
  ['StringEquals', (expected, actual) => expected === actual],
  ['StringEqualsIgnoreCase', (expected, actual) => expected.toLowerCase() === actual.toLowerCase()],
  ['StringLike', wildcard],
  ['ArnEquals', arn],
  ['ArnLike', arn],
  ['Bool', (expected, actual) => expected.toLowerCase() === actual.toLowerCase()],
  ['Null', (expected, actual) => expected.toLowerCase() === actual],
]);

/** A service's prefix and a name; an intrinsic left over is none. */
const CONDITION_KEY = /^(?!Fn::)[\w-]+:/;

/** Whether a statement's Condition holds: every operator, every key. */
export function conditionHolds(condition: unknown, context: RequestContext): Match {
  return all(entriesOf(condition ?? {}).flatMap(([operator, keys]) =>
    entriesOf(keys).map(([key, expected]) => holds(operator, key, listOf(expected), context))));
}

function holds(operator: string, key: string, expected: readonly unknown[], context: RequestContext): Match {
  const [, set, name = '', ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const [compare, negated] = [COMPARISONS.get(name.replace(/^(String|Arn)Not/, '$1')), name.includes('Not')];
  if (compare === undefined || !CONDITION_KEY.test(key)) {
    return `condition ${operator} on ${key}`;
  }
  // names of keys are not case-sensitive
  const given = Object.entries(context).find(([candidate]) => candidate.toLowerCase() === key.toLowerCase())?.[1];
  const actual = name === 'Null' ? String(given === undefined) : given;
  if (actual === undefined) {
    return set === 'ForAllValues' || ifExists !== undefined || (negated && set === undefined);
  }
  if (typeof actual !== 'string' && set === undefined) {
    return `several values of ${key} without ForAnyValue or ForAllValues`;
  }
  const results = listOf(actual).map((value) => {
    const match = any(expected.map((pattern) => ifResolved(pattern, (text) => compare(text, String(value)))));
    return negated ? not(match) : match;
  });
  return set === 'ForAllValues' ? all(results) : any(results);
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [[String(value), {}]];
}
