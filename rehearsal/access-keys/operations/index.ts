import { deleteAccessKey, updateAccessKey } from './change-access-key';
import { createAccessKey } from './create-access-key';
import { getAccessKeyLastUsed } from './get-access-key-last-used';
import { getCallerIdentity } from './get-caller-identity';
import { getUser } from './get-user';
import { listAccessKeys } from './list-access-keys';
import { ServiceName } from '../faults';
import { Operation } from '../service';

export const OPERATIONS: Readonly<Record<ServiceName, ReadonlyMap<string, Operation>>> = {
  iam: new Map(Object.entries({
    CreateAccessKey: createAccessKey,
    DeleteAccessKey: deleteAccessKey,
    GetAccessKeyLastUsed: getAccessKeyLastUsed,
    GetUser: getUser,
    ListAccessKeys: listAccessKeys,
    UpdateAccessKey: updateAccessKey,
  })),
  sts: new Map(Object.entries({ GetCallerIdentity: getCallerIdentity })),
};
