import { invalidParameter, notFound } from '../errors';
import { Secret } from '../secret';
import { OperationCall, Output, Service } from '../service';
import { checkLabelLimit } from '../versions';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
export function updateSecretVersionStage({ secrets, settings }: Service, { input }: OperationCall): Output {
  const secret = secrets.getUsable(input.required('SecretId'));
  const label = input.required('VersionStage');
  const [moveTo, removeFrom] = [input.string('MoveToVersionId'), input.string('RemoveFromVersionId')];
  checkHolder(secret, label, moveTo, removeFrom);
  if (moveTo === undefined) {
    remove(secret, label);
  } else {
    move(secret, label, moveTo);
  }
  secret.lastChangedDate = settings.now();
  return { ARN: secret.arn, Name: secret.name };
}

/** "If the label is attached and you either do not specify this parameter, or the version ID does not match, then the operation fails." */
function checkHolder(secret: Secret, label: string, moveTo: string | undefined, removeFrom: string | undefined): void {
  const holder = secret.holderOf(label);
  if (moveTo === undefined && removeFrom === undefined) {
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId or both.');
  }
  if (removeFrom !== undefined && removeFrom !== holder) {
    throw invalidParameter(`The parameter RemoveFromVersionId must be the version that currently has the staging label ${label}.`);
  }
  if (removeFrom === undefined && holder !== undefined && holder !== moveTo) {
    throw invalidParameter(`The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, `
      + 'so you must explicitly reference that version in RemoveFromVersionId.');
  }
}

function remove(secret: Secret, label: string): void {
  if (label === 'AWSCURRENT') {
    throw invalidParameter("You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.");
  }
  secret.detach(label);
}

function move(secret: Secret, label: string, to: string): void {
  if (!secret.versions.has(to)) {
    throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${to}`);
  }
  checkLabelLimit(secret, [label]);
  secret.attach(label, to);
}
