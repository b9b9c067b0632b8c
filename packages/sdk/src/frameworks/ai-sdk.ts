import type { Tracer } from '@opentelemetry/api';
import { currentClient } from '../core/client.ts';
import { warnOnce } from '../core/report.ts';
import { list, record } from '../providers/json.ts';
import type { Exports, Integration, LoadedModule } from '../register/integration.ts';
import { standIn, withExport } from '../register/patch.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import { contentTracer } from './content-tracer.ts';

/*
 * Vercel's AI SDK makes whole spans itself: version 7 through `@ai-sdk/otel` (OpenTelemetry's conventions), version 6
 * where `experimental_telemetry` is set (its own `ai.*`). What is added here is that they are made without being asked
 * for, and that their content passes the capture rules and the mask.
 */

/** `ai`, versions 6 and 7. */
export const aiSdk: Integration = {
  name: 'ai-sdk',
  package: 'ai',
  supported: '>=6.0.0 <8.0.0',
  kind: 'framework',
  patch: (exports, module) =>
    typeof exports.registerTelemetry === 'function' ? registerLater(exports) : patchVersion6(exports, module),
};

/**
 * What `experimental_telemetry` of version 6 wants, with content under the capture rules.
 *
 * @example generateText({ model, prompt, experimental_telemetry: aiSdkTelemetry({ functionId: 'answer' }) })
 */
export function aiSdkTelemetry<Options extends object>(
  options?: Options,
): Options & { isEnabled: true; tracer: Tracer } {
  return { ...(options as Options), isEnabled: true, tracer: contentTracer('ai') };
}

/** The functions of version 6 that take `experimental_telemetry`, and the class whose settings do. */
const FUNCTIONS = [
  'generateText',
  'streamText',
  'generateObject',
  'streamObject',
  'embed',
  'embedMany',
  'rerank',
];
const CLASSES = ['ToolLoopAgent', 'Experimental_Agent'];

function patchVersion6(exports: Exports, _module: LoadedModule): Exports {
  let patched = exports;
  for (const name of FUNCTIONS) {
    const original = exports[name];
    if (typeof original !== 'function') continue;
    const replacement = (options: unknown, ...rest: unknown[]) =>
      Reflect.apply(original, undefined, [withTelemetry(options), ...rest]);
    patched = withExport(patched, name, standIn(original as AnyFunction, replacement as AnyFunction));
  }
  for (const name of CLASSES) {
    const original = exports[name];
    if (typeof original !== 'function') continue;
    const construct: ProxyHandler<AnyFunction>['construct'] = (target, [settings, ...rest], made) =>
      Reflect.construct(target, [withTelemetry(settings), ...rest], made);
    patched = withExport(patched, name, new Proxy(original as AnyFunction, { construct }));
  }
  return patched;
}

/** What the application says about telemetry stays as it is. */
function withTelemetry(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || currentClient() === undefined) return options;
  const own = record((options as { experimental_telemetry?: unknown }).experimental_telemetry);
  if (own.isEnabled === false || own.tracer !== undefined) return options;
  return { ...options, experimental_telemetry: aiSdkTelemetry(own) };
}

/** A telemetry integration of version 7: what happens, by name, and what to run around calls. */
type Telemetry = Readonly<Record<string, ((event: never) => unknown) | undefined>>;

const REGISTERED = Symbol.for('@throughline/sdk.ai-sdk-telemetry');

function registerLater(exports: Exports): undefined {
  const holder = globalThis as { [REGISTERED]?: true };
  if (holder[REGISTERED]) return;
  holder[REGISTERED] = true;
  (exports.registerTelemetry as (integration: object) => void)(
    lazyTelemetry(loadOpenTelemetry, () => !isTracedByApplication()),
  );
}

/** Whether the application registered the same integration itself: then every call would be there twice. */
function isTracedByApplication(): boolean {
  const { AI_SDK_TELEMETRY_INTEGRATIONS: integrations } = globalThis as {
    AI_SDK_TELEMETRY_INTEGRATIONS?: unknown;
  };
  return list(integrations).some((each) =>
    /OpenTelemetry$/.test((each as object | null)?.constructor?.name ?? ''),
  );
}

/**
 * `@ai-sdk/otel` itself imports `ai`, so it can be loaded only after it: until then what happens waits for it. The
 * AI SDK awaits its integrations, so nothing is missed and nothing comes out of order.
 */
export function lazyTelemetry(
  load: () => Promise<Telemetry | undefined>,
  isNeeded: () => boolean = () => true,
): object {
  let loaded: Telemetry | undefined;
  let isSettled = false;
  let loading: Promise<void> | undefined;
  const ready = () => {
    loading ??= load().then((telemetry) => {
      loaded = telemetry;
      isSettled = true;
    });
    return loading;
  };
  const call = (key: string, event: unknown): unknown => {
    const method = loaded?.[key];
    return method === undefined ? straight(key, event) : Reflect.apply(method, loaded, [event]);
  };
  return new Proxy(
    {},
    {
      get: (_, key) => {
        if (typeof key !== 'string' || !/^(on|execute|experimental_on)[A-Z]/.test(key)) return undefined;
        if (isSettled && loaded?.[key] === undefined) return undefined;
        // Version 7 calls deprecated twins beside the names that replaced them.
        if (key === 'onStepFinish') return undefined;
        return (event: unknown) => {
          if (currentClient() === undefined || !isNeeded()) return straight(key, event);
          return isSettled ? call(key, event) : ready().then(() => call(key, event));
        };
      },
    },
  );
}

/** Without telemetry: what was to be run around is run. */
function straight(key: string, event: unknown): unknown {
  const { execute } = record(event);
  return key.startsWith('execute') && typeof execute === 'function' ? execute() : undefined;
}

async function loadOpenTelemetry(): Promise<Telemetry | undefined> {
  const OpenTelemetry = await importOpenTelemetry();
  if (OpenTelemetry === undefined) {
    warnOnce('ai 7 is not traced without the package @ai-sdk/otel: npm install @ai-sdk/otel');
    return undefined;
  }
  return new OpenTelemetry({
    tracer: contentTracer('gen_ai'),
    usage: true,
    embedding: true,
    reranking: true,
  });
}

type Constructor = new (options: object) => Telemetry;

async function importOpenTelemetry(): Promise<Constructor | undefined> {
  for (const locate of [() => '@ai-sdk/otel', fromWorkingDirectory]) {
    try {
      const { OpenTelemetry } = (await import(locate())) as { OpenTelemetry?: Constructor };
      if (OpenTelemetry !== undefined) return OpenTelemetry;
    } catch {
      // Not there: looked for where the application runs next.
    }
  }
  return undefined;
}

function fromWorkingDirectory(): string {
  const nodeModule = process.getBuiltinModule('node:module');
  const nodeUrl = process.getBuiltinModule('node:url');
  const path = nodeModule.createRequire(`${process.cwd()}/app.js`).resolve('@ai-sdk/otel');
  return nodeUrl.pathToFileURL(path).href;
}
