import { init } from './core/init.ts';
import { warnOnce } from './core/report.ts';
import { INTEGRATIONS } from './register/integrations.ts';
import { installModuleHooks, isHooksThread, selectIntegrations } from './register/module-hooks.ts';

// `node --import @throughline/sdk/register app.js`: everything from the environment.
if (!isHooksThread()) {
  init();
  try {
    // Bun runs no hooks of Node's for the modules that it loads.
    if (process.versions.bun !== undefined)
      throw new Error('Bun has no module hooks; use instrument(client)');
    installModuleHooks(selectIntegrations(INTEGRATIONS, process.env.THROUGHLINE_INSTRUMENTATIONS));
  } catch (error) {
    warnOnce(
      `packages are not traced by themselves: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
