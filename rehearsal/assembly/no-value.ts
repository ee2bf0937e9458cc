/** `AWS::NoValue`: the member that holds it is as if it were not there. */
export const NO_VALUE = Symbol('AWS::NoValue');
