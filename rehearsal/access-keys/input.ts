import { validation } from './errors';

/** The parameters of a request, read with their constraints. */
export class Input {
  private readonly parameters: URLSearchParams;

  constructor(body: string) {
    this.parameters = new URLSearchParams(body);
  }

  string(name: string): string | undefined {
    return this.parameters.get(name) ?? undefined;
  }

  required(name: string): string {
    const value = this.string(name);
    if (value === undefined || value === '') {
      throw violation('null', name, 'Member must not be null');
    }
    return value;
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value {
    const given = this.required(name);
    const value = values.find(candidate => candidate === given);
    if (value === undefined) throw violation(`'${given}'`, name, `Member must satisfy enum value set: [${values.join(', ')}]`);
    return value;
  }

  /** From 1 to `most`. */
  count(name: string, most: number): number | undefined {
    const text = this.string(name);
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value < 1) throw violation(`'${text}'`, name, 'Member must have value greater than or equal to 1');
    if (value > most) throw violation(`'${text}'`, name, `Member must have value less than or equal to ${most}`);
    return value;
  }
}

function violation(value: string, name: string, constraint: string): Error {
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return validation(`1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`);
}
