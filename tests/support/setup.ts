import fc from 'fast-check';
import { SEED } from './seed.ts';

// A property that fails prints this seed with its counterexample.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
