import { createHmac } from 'node:crypto';

/**
 * The SMTP password of an access key, for the SMTP endpoint of one Region: "Obtaining Amazon SES SMTP credentials by converting existing AWS
 * credentials", https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html#smtp-credentials-convert. It is a signature of one fixed message: nobody
 * gets the secret key out of it, and it signs nothing else.
 */
export function smtpPassword(secretAccessKey: string, region: string): string {
  const chain = ['11111111', region, 'ses', 'aws4_request', 'SendRawEmail'];
  const signature = chain.reduce<Buffer>((key, message) => createHmac('sha256', key).update(message, 'utf8').digest(), Buffer.from(`AWS4${secretAccessKey}`, 'utf8'));
  return Buffer.concat([VERSION, signature]).toString('base64');
}

const VERSION = Buffer.from([0x04]);
