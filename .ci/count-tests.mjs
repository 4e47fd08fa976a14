// `node .ci/count-tests.mjs report.json` prints how many tests passed and failed, by vitest's own JSON report.
import { existsSync, readFileSync } from 'node:fs';

const file = process.argv[2];
if (!existsSync(file)) {
  console.error('the run left no report');
  process.exit(1);
}
const report = JSON.parse(readFileSync(file, 'utf8'));
const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests } = report;
const idle = numPendingTests + numTodoTests;
// A file that cannot be loaded has no tests to fail.
const broken = report.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);

if (idle > 0) console.error(`${idle} tests did not run: that is a failure here`);
for (const { name, message } of broken) console.error(`${name} could not be run: ${message}`);
if (passed + numFailedTests === 0) console.error('no test ran');
console.log(passed, numFailedTests + idle + broken.length + (passed + numFailedTests === 0 ? 1 : 0));
