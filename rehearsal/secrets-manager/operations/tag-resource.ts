import { OperationCall, Output, Service } from '../service';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html */
export function tagResource({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.getUsable(input.required('SecretId'));
  input.objects('Tags')?.forEach((tag) => secret.tags.set(tag.required('Key'), tag.string('Value') ?? ''));
  return {};
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UntagResource.html */
export function untagResource({ secrets }: Service, { input }: OperationCall): Output {
  const secret = secrets.getUsable(input.required('SecretId'));
  input.strings('TagKeys')?.forEach((key) => secret.tags.delete(key));
  return {};
}
