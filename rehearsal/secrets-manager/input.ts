import { SecretsManagerError } from './errors';

/** The members of a request, read with their types. */
export class Input {
  static parse(body: string): Input {
    try {
      const parsed: unknown = JSON.parse(body === '' ? '{}' : body);
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
        return new Input(parsed as Record<string, unknown>);
      }
    } catch {
      // answered below: the parser's message would quote the body
    }
    throw new SecretsManagerError('SerializationException', 'The request is not a JSON object.');
  }

  constructor(private readonly members: Readonly<Record<string, unknown>>) {}

  string(name: string): string | undefined {
    return this.typed(name, 'string');
  }

  number(name: string): number | undefined {
    return this.typed(name, 'number');
  }

  boolean(name: string): boolean | undefined {
    return this.typed(name, 'boolean');
  }

  scalar(name: string): string | number | boolean | undefined {
    const value = this.members[name];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
  }

  required(name: string): string {
    const value = this.string(name);
    if (value === undefined || value === '') {
      throw new SecretsManagerError('InvalidParameterException', `You must provide a value for the ${name} parameter.`);
    }
    return value;
  }

  strings(name: string): string[] | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'))) {
      return value;
    }
    throw serialization(name, 'a list of strings');
  }

  objects(name: string): Input[] | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) {
      return undefined;
    }
    if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null)) {
      return value.map((item) => new Input(item as Record<string, unknown>));
    }
    throw serialization(name, 'a list of structures');
  }

  object(name: string): Input | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined) {
      return undefined;
    }
    if (typeof value === 'object' && !Array.isArray(value)) {
      return new Input(value as Record<string, unknown>);
    }
    throw serialization(name, 'a structure');
  }

  private typed<Type extends string | number | boolean>(name: string, type: 'string' | 'number' | 'boolean'): Type | undefined {
    const value = this.members[name] ?? undefined;
    if (value === undefined || typeof value === type) {
      return value as Type | undefined;
    }
    throw serialization(name, `a ${type}`);
  }
}

function serialization(name: string, expected: string): SecretsManagerError {
  return new SecretsManagerError('SerializationException', `${name} must be ${expected}.`);
}
