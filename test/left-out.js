// Which tests this machine cannot run, by name: those of Redis users need the real server, which comes in no npm package.
const { accessSync, constants } = require('node:fs');
const { delimiter, join, relative, sep } = require('node:path');

const NEED_REDIS = /(^|[/-])(redis|elasticache|memorydb|caches)([/.-]|$)/;
const NEED_NOTHING = /find-redis/;

module.exports = async (paths) => {
  const needing = paths.filter((path) => needsRedis(relative(__dirname, path).split(sep).join('/')));
  if (needing.length === 0 || hasRedis()) return { filtered: paths };
  process.stderr.write(`Left out, for neither redis-server nor valkey-server is on this machine (Debian: apt-get install redis-server):\n${needing.map((path) => `  ${relative(process.cwd(), path)}\n`).join('')}`);
  return { filtered: paths.filter((path) => !needing.includes(path)) };
};

function needsRedis(path) {
  return NEED_REDIS.test(path) && !NEED_NOTHING.test(path);
}

function hasRedis() {
  const directories = (process.env.PATH ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories.some((directory) => ['redis-server', 'valkey-server'].some((name) => isExecutable(join(directory, name))));
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
