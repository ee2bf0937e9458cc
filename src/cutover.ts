/** How a rotation of a single credential changes the password and promotes the new version. */
export enum Cutover {
  /**
   * Password change, verification and promotion happen in `finishSecret`, one after the other: the window in which new
   * sign-ins with the old password fail is a sign-in and one API call long.
   */
  SINGLE_STEP = 'SINGLE_STEP',

  /**
   * AWS's own order: the password changes in `setSecret` and the version is promoted in `finishSecret`. The window
   * spans three invocations of the function.
   *
   * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
   */
  STEPWISE = 'STEPWISE',
}
