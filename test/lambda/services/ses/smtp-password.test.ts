import { smtpPassword } from '../../../../lambda/services/ses/smtp-password';
import { smtpPassword as independent } from '../../../../rehearsal/smtp/smtp-password';

describe('an SMTP password', () => {
  // AWS's page has an algorithm and no result. These are what users of Amazon SES have signed in with for years: TestSESSMTPPasswordFromSecretKeySigV4 of
  // hashicorp/terraform-provider-aws (MPL-2.0), internal/service/iam/access_key_test.go, for its attribute `ses_smtp_password_v4`.
  test.each([
    ['eu-central-1', 'some+secret+key', 'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2'],
    ['eu-central-1', 'another+secret+key', 'BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh'],
    ['us-west-1', 'some+secret+key', 'BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj'],
    ['us-west-1', 'another+secret+key', 'BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF'],
  ])('for %s, of "%s", is that of another implementation', (region, secretKey, password) => {
    expect(smtpPassword(secretKey, region)).toBe(password);
  });

  test('of the secret key in AWS\'s own example is what the endpoint of the rehearsal expects', () => {
    const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'; // https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html
    expect(smtpPassword(secretKey, 'us-east-1')).toBe(independent(secretKey, 'us-east-1'));
    expect(smtpPassword(secretKey, 'us-east-1')).not.toContain(secretKey);
  });
});
