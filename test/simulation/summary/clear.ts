import { clearTallies } from './tallies';

/** Jest's globalSetup: what an earlier run came to is no part of this one. */
export = async (): Promise<void> => clearTallies();
