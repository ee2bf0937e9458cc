/** An evaluator of IAM policies for what a rehearsal meets. What it does not know, it names and does not allow. */
export { evaluate, type Evaluation, type Policies, type StatementReference } from './evaluate';
export type { PolicyDocument, Statement } from './policy';
export type { EvaluationRequest } from './statement';
export { UsageLedger, type UnusedGrant } from './usage-ledger';
