/** What a rotation does when the two alternating users are not set up alike. */
export enum OnDrift {
  /** The rotation fails before promotion and says what differs. */
  FAIL = 'FAIL',

  /** The rotation logs what differs and goes on. Clients may see other settings after each rotation. */
  WARN = 'WARN',
}
