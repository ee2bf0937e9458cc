import { loadService } from '../../../../lambda/services/custom/load-service';
import { folderWith } from '../../../support/custom-service';

const reasonOf = (service: string | undefined): string => {
  const found = loadService(folderWith(service));
  return 'refused' in found ? found.refused.message : 'accepted';
};

describe('the file of a service of one\'s own', () => {
  test('is accepted when it exports the version of the interface and createService', () => {
    expect(reasonOf('exports.contractVersion = 1; exports.createService = () => ({});')).toBe('accepted');
  });

  test.each([
    ['is not there', undefined, /MISCONFIGURED.*service\.js/],
    ['does not load', 'throw new TypeError("hunter2-in-a-message")', /SERVICE_FAILED.*\(TypeError\)/],
    ['has a syntax error', 'exports.createService = (', /SERVICE_FAILED.*\(SyntaxError\)/],
    ['exports nothing', '', /CONTRACT_MISMATCH.*no contractVersion/],
    ['exports a function', 'module.exports = () => undefined;', /CONTRACT_MISMATCH.*no contractVersion/],
    ['is written for another version', 'exports.contractVersion = 2; exports.createService = () => ({});', /CONTRACT_MISMATCH.*version 2.*version 1.*Build the service against the version.*install the one/],
    ['exports a version that is no number', 'exports.contractVersion = "hunter2"; exports.createService = () => ({});', /CONTRACT_MISMATCH.*no number/],
    ['exports all as the default of an ES module', 'exports.__esModule = true; exports.default = { contractVersion: 1, createService: () => ({}) };', /CONTRACT_MISMATCH.*no contractVersion/],
    ['exports no createService', 'exports.contractVersion = 1;', /CONTRACT_MISMATCH.*createService/],
  ])('fails when it %s, and says what to do', (_, service, expected) => {
    expect(reasonOf(service)).toMatch(expected);
    expect(reasonOf(service)).not.toMatch(/hunter2/);
  });
});
