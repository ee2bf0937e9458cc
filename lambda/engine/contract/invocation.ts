import { Deadline } from './deadline';
import { Log } from './log';
import { Measurements } from './measurements';

/** What every part of the engine, strategy and service shares during one invocation of the function. */
export interface Invocation {
  readonly deadline: Deadline;
  readonly measurements: Measurements;
  readonly log: Log;
}
