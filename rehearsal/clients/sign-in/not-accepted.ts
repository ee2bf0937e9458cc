/** In place of a driver's error, which may quote what was sent: the code alone tells why. */
export class NotAccepted extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}
