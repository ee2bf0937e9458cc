import { smtpPassword } from '../../../rehearsal/smtp/smtp-password';

// the pairs that hashicorp/terraform-provider-aws tests `ses_smtp_password_v4` with
test.each([
  ['eu-central-1', 'some+secret+key', 'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2'],
  ['eu-central-1', 'another+secret+key', 'BBbphbrQmrKMx42d1N6+C7VINYEBGI5v9VsZeTxwskfh'],
  ['us-west-1', 'some+secret+key', 'BH+jbMzper5WwlwUar9E1ySBqHa9whi0GPo+sJ0mVYJj'],
  ['us-west-1', 'another+secret+key', 'BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF'],
])('A password is derived as others derive it: in %s from %s', (region, secret, password) => {
  expect(smtpPassword(secret, region)).toBe(password);
});
