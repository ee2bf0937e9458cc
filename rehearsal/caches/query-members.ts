interface Tree {
  [name: string]: string | Tree;
}

/**
 * The members of a request in the Query protocol: `Passwords.member.1=…&AuthenticationMode.Type=…` becomes a structure with lists. An empty
 * list comes as its name with no value, and stays the empty text: only who knows the member knows that it is a list.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#request-serialization
 */
export function queryMembers(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const root = emptyTree();
  for (const [name, value] of parameters) {
    if (name !== 'Action' && name !== 'Version') put(root, name.split('.'), value);
  }
  return Object.fromEntries(Object.entries(root).map(([name, member]) => [name, withLists(member)]));
}

function put(tree: Tree, [name = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const below = tree[name];
  const branch = typeof below === 'object' ? below : emptyTree();
  tree[name] = branch;
  put(branch, rest, value);
}

/** Without a prototype that a name could reach. */
function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

/** JavaScript keeps keys that are numbers in their order, as the protocol wants the items. */
function withLists(member: string | Tree): unknown {
  if (typeof member === 'string') return member;
  const { member: items } = member;
  if (typeof items === 'object') return Object.values(items).map(withLists);
  return Object.fromEntries(Object.entries(member).map(([name, below]) => [name, withLists(below)]));
}
