import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** The words of an error or of a line of the log: no test shall repeat them. The code of an error, its first argument, is no word. */
const messages = {
  shouldIgnore({ node, parentPath }) {
    const parent = parentPath?.node;
    if (node.type === 'ObjectExpression' && isArgumentOf(parent, node, isRotationError, 2)) return 'the remedy of an error';
    if (!isText(node)) return undefined;
    const worded = isRemedy(parent) || isArgumentOf(parent, node, isRotationError, 1) || isArgumentOf(parent, node, isLogging, 0);
    return worded ? 'the words of a message' : undefined;
  },
};

export const strykerPlugins = [declareValuePlugin(PluginKind.Ignore, 'messages', messages)];

function isText({ type }) {
  return type === 'StringLiteral' || type === 'TemplateLiteral';
}

function isRemedy(parent) {
  return parent?.type === 'ObjectProperty' && parent.key.name === 'remedy';
}

function isArgumentOf(parent, node, isCallee, index) {
  return parent?.arguments?.[index] === node && isCallee(parent);
}

function isRotationError({ type, callee }) {
  return type === 'NewExpression' && /^(RotationError|NoVerdict|SignInRefused|PasswordRejected)$/.test(callee.name);
}

function isLogging({ type, callee }) {
  return type === 'CallExpression' && /^(info|warn|error)$/.test(callee.property?.name ?? '');
}
