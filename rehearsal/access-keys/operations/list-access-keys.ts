import { AccessKey } from '../access-key';
import { validation } from '../errors';
import { Output, OperationCall, Services } from '../service';
import { timestamp } from '../xml';

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export function listAccessKeys({ settings, users }: Services, { input, userName }: OperationCall): Output {
  const size = input.count('MaxItems', LARGEST_PAGE) ?? DEFAULT_PAGE;
  const place = placeOf(input.string('Marker'));
  const keys = [...users.get(userName).keys.values()]
    .filter(key => key.isOlderThan(settings.listingMs, settings.now()) && key.place > place);
  const page = keys.slice(0, size);
  const last = keys.length > size ? page.at(-1) : undefined;
  return {
    AccessKeyMetadata: page.map(metadata),
    IsTruncated: String(last !== undefined),
    Marker: last && Buffer.from(`after:${last.place}`).toString('base64url'),
  };
}

/** A marker stays good when the key it was made of is deleted. */
function placeOf(marker: string | undefined): number {
  if (marker === undefined) return 0;
  const place = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString())?.[1];
  if (place === undefined) throw validation('Invalid Marker.');
  return Number(place);
}

function metadata({ userName, id, status, createdAt }: AccessKey): Record<string, string> {
  return { UserName: userName, AccessKeyId: id, Status: status, CreateDate: timestamp(createdAt) };
}
