import { init } from './init.ts';

// `node --import @throughline/sdk/register app.js`: everything from the environment.
init();
