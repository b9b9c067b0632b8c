import fc from 'fast-check';
import { SEED } from './seed.ts';

// If a property fails, it prints this seed with its counterexample.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: SEED });
