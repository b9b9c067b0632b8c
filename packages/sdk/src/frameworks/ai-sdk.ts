import type { Tracer } from '@opentelemetry/api';
import { currentClient } from '../context/client.ts';
import { list, record } from '../core/json.ts';
import { warnOnce } from '../core/report.ts';
import type { Exports, Integration, LoadedModule } from '../patch/integration.ts';
import { withExport, withReplacedCall } from '../patch/patch.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import { contentTracer } from './content-tracer.ts';

/*
 * Vercel's AI SDK creates complete spans itself: version 7 with `@ai-sdk/otel` (OpenTelemetry's conventions), version 6 if
 * `experimental_telemetry` is set (its own `ai.*` attributes). This integration turns both on automatically and applies
 * the capture rules and the mask to their content.
 */

/** The package `ai`, versions 6 and 7. */
export const aiSdk: Integration = {
  name: 'ai-sdk',
  package: 'ai',
  supported: '>=6.0.0 <8.0.0',
  kind: 'framework',
  patch: (exports, module) =>
    typeof exports.registerTelemetry === 'function' ? registerLater(exports) : patchVersion6(exports, module),
};

/**
 * Returns `experimental_telemetry` options for version 6 of the AI SDK. Its spans are recorded by this SDK, with the
 * capture rules and the mask applied. You need it only if `@throughline/sdk/register` does not patch the AI SDK.
 *
 * @param options Further telemetry options, such as `functionId` and `metadata`.
 * @example
 * generateText({ model, prompt, experimental_telemetry: aiSdkTelemetry({ functionId: 'answer' }) });
 */
export function aiSdkTelemetry<Options extends object>(
  options?: Options,
): Options & { isEnabled: true; tracer: Tracer } {
  return { ...(options as Options), isEnabled: true, tracer: contentTracer('ai') };
}

/** The functions of version 6 that accept `experimental_telemetry`. */
const FUNCTIONS = [
  'generateText',
  'streamText',
  'generateObject',
  'streamObject',
  'embed',
  'embedMany',
  'rerank',
];
/** The classes of version 6 whose settings accept it. */
const CLASSES = ['ToolLoopAgent', 'Experimental_Agent'];

function patchVersion6(exports: Exports, _module: LoadedModule): Exports {
  let patched = exports;
  for (const name of FUNCTIONS) {
    const original = exports[name];
    if (typeof original !== 'function') continue;
    const replacement = (options: unknown, ...rest: unknown[]) =>
      Reflect.apply(original, undefined, [withTelemetry(options), ...rest]);
    patched = withExport(
      patched,
      name,
      withReplacedCall(original as AnyFunction, replacement as AnyFunction),
    );
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

/** Adds telemetry to the options, unless the application has turned it off or set its own tracer. */
function withTelemetry(options: unknown): unknown {
  if (typeof options !== 'object' || options === null || currentClient() === undefined) return options;
  const own = record((options as { experimental_telemetry?: unknown }).experimental_telemetry);
  if (own.isEnabled === false || own.tracer !== undefined) return options;
  return { ...options, experimental_telemetry: aiSdkTelemetry(own) };
}

/** A telemetry integration of version 7: event handlers (`on…`) and wrappers around calls (`execute…`), by name. */
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

/** Whether the application has registered the same integration itself, so that ours would record each call twice. */
function isTracedByApplication(): boolean {
  const { AI_SDK_TELEMETRY_INTEGRATIONS: integrations } = globalThis as {
    AI_SDK_TELEMETRY_INTEGRATIONS?: unknown;
  };
  return list(integrations).some((each) =>
    /OpenTelemetry$/.test((each as object | null)?.constructor?.name ?? ''),
  );
}

/**
 * A telemetry integration that loads `@ai-sdk/otel` on first use. That package imports `ai`, so it can be loaded only
 * after `ai`. Events wait until it is loaded. The AI SDK awaits its integrations, so no event is lost or reordered.
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
    return method === undefined ? runUntraced(key, event) : Reflect.apply(method, loaded, [event]);
  };
  return new Proxy(
    {},
    {
      get: (_, key) => {
        if (typeof key !== 'string' || !/^(on|execute|experimental_on)[A-Z]/.test(key)) return undefined;
        if (isSettled && loaded?.[key] === undefined) return undefined;
        // Version 7 calls this deprecated handler in addition to the one that replaced it.
        if (key === 'onStepFinish') return undefined;
        return (event: unknown) => {
          if (currentClient() === undefined || !isNeeded()) return runUntraced(key, event);
          return isSettled ? call(key, event) : ready().then(() => call(key, event));
        };
      },
    },
  );
}

/** Handles an event without telemetry: runs the wrapped call, if the event has one. */
function runUntraced(key: string, event: unknown): unknown {
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
      // The package was not found here. The next place is the working directory of the application.
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
