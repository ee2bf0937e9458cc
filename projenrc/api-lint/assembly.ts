/** The part of a jsii assembly (`.jsii`) that the API lint reads. */
export interface Assembly {
  readonly types?: Record<string, ApiType>;
}

export interface ApiType {
  readonly kind: 'class' | 'interface' | 'enum';
  readonly fqn: string;
  readonly name: string;
  /** An interface that is a struct: passed by value, all of it readonly properties. */
  readonly datatype?: boolean;
  readonly docs?: Docs;
  readonly initializer?: Callable;
  readonly methods?: Callable[];
  readonly properties?: Property[];
  /** Members of an enum. */
  readonly members?: Member[];
}

export interface Member {
  readonly name: string;
  readonly docs?: Docs;
}

export interface Callable extends Partial<Member> {
  readonly static?: boolean;
  readonly parameters?: { readonly name: string; readonly type: TypeReference }[];
  readonly returns?: { readonly type: TypeReference };
}

export interface Property extends Member {
  readonly static?: boolean;
  readonly optional?: boolean;
  readonly type: TypeReference;
}

export interface Docs {
  readonly summary?: string;
  readonly default?: string;
}

export interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly elementtype: TypeReference };
  readonly union?: object;
  readonly intersection?: object;
}
