import { ArnFormat, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IVpc } from 'aws-cdk-lib/aws-ec2';
import { IUser, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { BoundCredential } from './bound-credential';
import { resolvedName } from './names';
import { refuse } from './refuse';

/** Ports of Amazon SES's SMTP endpoints, but for 25, at which Lambda lets nothing out. */
const SMTP_PORTS = [465, 587, 2465, 2587];
const SMTPS = 465;

interface SmtpOptions {
  readonly region?: string;
  readonly port?: number;
  readonly vpc?: IVpc;
}

export function iamAccessKey(scope: IConstruct, user: IUser): BoundCredential {
  const { userName, userArn } = user;
  checkAccount(scope, user);
  return {
    service: 'iam',
    family: 'issued',
    what: `the access keys of the IAM user ${userName}`,
    config: { userName, userArn },
    reach: { what: 'APIs of IAM and STS', endpoints: [], apis: 'IAM and STS', securityGroups: [], resource: user },
    statements: [accessKeyStatement(user)],
    firstValue: { identity: [resolvedName(scope, userName)] },
    takesSuperuser: false,
    alternates: false,
  };
}

export function sesSmtp(scope: IConstruct, user: IUser, options: SmtpOptions): BoundCredential {
  const { region = Stack.of(scope).region, port = SMTPS, vpc } = options;
  if (!Token.isUnresolved(port) && !SMTP_PORTS.includes(port)) {
    refuse(scope, `port must be one of Amazon SES's, ${SMTP_PORTS.join(', ')}, got ${port}; Lambda lets nothing out at port 25`);
  }
  const smtpEndpoint = { host: `email-smtp.${region}.${Stack.of(scope).urlSuffix}`, port };
  return {
    ...iamAccessKey(scope, user),
    service: 'ses',
    what: `the SMTP credentials for Amazon SES of the IAM user ${user.userName}`,
    config: { userName: user.userName, userArn: user.userArn, sesRegion: region, smtpEndpoint },
    reach: { what: 'SMTP endpoint', endpoints: [smtpEndpoint], apis: 'IAM', vpc, securityGroups: [], resource: user },
    alternates: true, // the username is the id of an access key
  };
}

/** IAM's API is the account's own: a function of another account has no way to the user. */
function checkAccount(scope: IConstruct, { userArn }: IUser): void {
  const stack = Stack.of(scope);
  const account = stack.splitArn(userArn, ArnFormat.SLASH_RESOURCE_NAME).account ?? stack.account;
  if (Token.compareStrings(account, stack.account) === TokenComparison.DIFFERENT) {
    refuse(scope, `the IAM user is in account ${account}, the rotation in ${stack.account}; define the rotation in a stack of the user's account`);
  }
}

/**
 * All of these actions take the ARN of the user.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys_required-permissions.html
 */
function accessKeyStatement({ userArn }: IUser): PolicyStatement {
  return new PolicyStatement({
    actions: [
      'iam:CreateAccessKey',
      'iam:DeleteAccessKey',
      'iam:GetAccessKeyLastUsed',
      'iam:ListAccessKeys',
      'iam:UpdateAccessKey',
    ],
    resources: [userArn],
  });
}
