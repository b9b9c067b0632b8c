import { warnOnce } from './core/report.ts';
import { INTEGRATIONS } from './register/integrations.ts';
import { installModuleHooks, isHooksThread, selectIntegrations } from './register/module-hooks.ts';
import { init } from './setup/init.ts';

// Usage: `node --import @throughline/sdk/register app.js`. All settings come from environment variables.
if (!isHooksThread()) {
  init();
  try {
    // Bun does not run Node's module hooks for the modules that it loads.
    if (process.versions.bun !== undefined)
      throw new Error('Bun has no module hooks; use instrument(client)');
    installModuleHooks(selectIntegrations(INTEGRATIONS, process.env.THROUGHLINE_INSTRUMENTATIONS));
  } catch (error) {
    warnOnce(
      `packages are not traced automatically: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
