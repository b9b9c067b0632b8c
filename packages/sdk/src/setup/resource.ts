import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import type { Config } from '../core/config.ts';
import { KEYS } from '../core/semconv.ts';

/**
 * Resource attributes of all spans. Options take precedence over environment variables; without either, the service
 * name is the name of the program.
 */
export function resourceOf(config: Config): Resource {
  const given: Record<string, string | undefined> = {
    'service.name': config.serviceName,
    'service.version': config.release,
    [KEYS.environment]: config.environment,
    'throughline.project': config.project,
  };
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const fromEnvironment = detectResources({ detectors: [envDetector] });
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': programName() }))
    .merge(fromEnvironment)
    .merge(resourceFromAttributes(own as Record<string, string>));
}

/** The name of the package that npm runs, otherwise of the file that Node runs. */
function programName(): string {
  const { process } = globalThis;
  const script = process?.argv?.[1]
    ?.split(/[\\/]/)
    .at(-1)
    ?.replace(/\.[cm]?[jt]s$/, '');
  return process?.env?.npm_package_name || script || 'application';
}
