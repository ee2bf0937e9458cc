/**
 * What new passwords are drawn from. They are drawn in the rotation function, from printable ASCII characters.
 *
 * The policy rules rotations only. The first value of a secret that a construct creates has 32 letters and digits
 * whatever the policy says: a changed policy must never make CloudFormation replace a live password
 * (https://github.com/aws/aws-cdk/issues/19985).
 */
export interface PasswordPolicy {
  /**
   * Number of characters: 8 to 128, the range of Amazon RDS for PostgreSQL.
   *
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
   * @default 32
   */
  readonly length?: number;

  /**
   * Characters that must not occur: printable ASCII.
   *
   * @default - what `rds.DatabaseSecret` excludes: space and `%+~#$&*()|[]{}:;<>?!'/@"\` and the backtick
   */
  readonly excludeCharacters?: string;

  /**
   * Whether to leave out the letters a to z.
   *
   * @default false
   */
  readonly excludeLowercase?: boolean;

  /**
   * Whether to leave out the letters A to Z.
   *
   * @default false
   */
  readonly excludeUppercase?: boolean;

  /**
   * Whether to leave out the digits.
   *
   * @default false
   */
  readonly excludeNumbers?: boolean;

  /**
   * Whether to leave out the punctuation.
   *
   * @default false
   */
  readonly excludePunctuation?: boolean;

  /**
   * Whether each class that is not left out occurs at least once.
   *
   * @default true
   */
  readonly requireEachIncludedType?: boolean;
}
