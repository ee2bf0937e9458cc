// Jest's environment for mutation testing: each mutant costs all tests that reach it, so these must be quick, and one that fails is enough.
const { TestEnvironment } = require('jest-environment-node');

/** Tests that wait for real time to pass, a second or more. The simulation tries the same without waiting. */
const WAITING = /when createSecret has not run|for good, (throttled|without any answer)|no answer and no label can be had/;

module.exports = class MutationEnvironment extends TestEnvironment {
  failed = false;

  handleTestEvent({ name, test }) {
    if (name === 'test_start' && (this.failed || WAITING.test(test.name))) test.mode = 'skip';
    if (name === 'test_done' && test.errors.length > 0) this.failed = true;
  }
};
