// Which suites start first: those that wait longest, so that the others run meanwhile. Jest's own order knows how long a suite took only where it ran before.
const { default: Sequencer } = require('@jest/test-sequencer');

const SLOWEST = [/rehearsal\/services\//, /simulation\//, /lambda\/strategies\//, /kills\//, /rehearsal\/clients\//, /\.long\.test/];

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    return rank(super.sort(tests));
  }
};

function rank(tests) {
  const rankOf = ({ path }) => SLOWEST.findIndex((pattern) => pattern.test(path)) + 1 || SLOWEST.length + 1;
  return [...tests].sort((a, b) => rankOf(a) - rankOf(b)); // stable: equals stay in Jest's order
}
