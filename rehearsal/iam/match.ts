/** True, false, or the name of what cannot be evaluated. */
export type Match = boolean | string;

const ARN = /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s;

export function all(matches: readonly Match[]): Match {
  return matches.includes(false) ? false : unknownOf(matches) ?? true;
}

export function any(matches: readonly Match[]): Match {
  return matches.includes(true) ? true : unknownOf(matches) ?? false;
}

export function not(match: Match): Match {
  return typeof match === 'string' ? match : !match;
}

/** A condition on a value that must be a plain string by now. */
export function ifResolved(pattern: unknown, matches: (text: string) => Match): Match {
  if (typeof pattern === 'object' || pattern === undefined) {
    return `unresolved value ${JSON.stringify(pattern)}`;
  }
  return String(pattern).includes('${') ? `policy variable in ${pattern}` : matches(String(pattern));
}

/** `*` and `?`. */
export function wildcard(pattern: string, value: string, flags = ''): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^]*').replaceAll('?', '[^]');
  return new RegExp(`^${source}$`, flags).test(value);
}

/** Wildcards match within each of an ARN's parts: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html */
export function arn(pattern: string, value: string): Match {
  const [patterns, values] = [ARN.exec(pattern), ARN.exec(value)];
  if (patterns === null) {
    return pattern === '*' || `incomplete ARN ${pattern}`;
  }
  return patterns.slice(1).every((part, index) => wildcard(part, values?.[index + 1] ?? ''));
}

function unknownOf(matches: readonly Match[]): string | undefined {
  return matches.filter((match) => typeof match === 'string').join('; ') || undefined;
}
