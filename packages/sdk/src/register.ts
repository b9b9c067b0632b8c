import { init } from './init.ts';
import { INTEGRATIONS } from './register/integrations.ts';
import { installModuleHooks, isHooksThread, selectIntegrations } from './register/module-hooks.ts';
import { warnOnce } from './report.ts';

// `node --import @throughline/sdk/register app.js`: everything from the environment.
if (!isHooksThread()) {
  init();
  try {
    installModuleHooks(selectIntegrations(INTEGRATIONS, process.env.THROUGHLINE_INSTRUMENTATIONS));
  } catch (error) {
    warnOnce(
      `packages are not traced by themselves: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
