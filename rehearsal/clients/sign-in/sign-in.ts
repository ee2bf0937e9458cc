/** Members of a secret. */
export type SecretFields = Readonly<Record<string, unknown>>;

/** Uses what a secret holds, once; rejects when it is refused, or for another reason: the error's code tells which. */
export type SignIn = (fields: SecretFields) => Promise<void>;
