import type { SpanKind } from '../model/kind.ts';
import type { LayoutSpan, TraceLayout } from './trace-layout.ts';

/** Spans that do the same thing: the forty model calls of an agent loop are one step. */
export interface Step {
  /** Identifies the step within its trace. */
  readonly key: string;
  readonly kind: SpanKind;
  /** The name of the spans, with the model if the name does not contain it: `chat gpt-4o`. */
  readonly label: string;
}

/** The step of every span of a trace. */
export interface Steps {
  readonly steps: readonly Step[];
  /** Index into `steps` for each span of the layout. */
  readonly stepOf: Int32Array;
}

export function stepsOf(layout: TraceLayout): Steps {
  const steps: Step[] = [];
  const byIdentity = new Map<string, number>();
  const byKey = new Map<string, number>();
  const stepOf = new Int32Array(layout.spans.length);
  layout.spans.forEach((span, i) => {
    const identity = `${span.kind}\n${span.model ?? ''}\n${span.name}`;
    let found = byIdentity.get(identity);
    if (found === undefined) {
      const step = toStep(span);
      found = byKey.get(step.key) ?? steps.push(step) - 1;
      byKey.set(step.key, found);
      byIdentity.set(identity, found);
    }
    stepOf[i] = found;
  });
  return { steps, stepOf };
}

function toStep({ kind, model, name }: LayoutSpan): Step {
  const base = nameWithoutNumber(name, model) || '(no name)';
  const hasModel = model === null || base.toLowerCase().includes(model.toLowerCase());
  return { kind, key: `${kind}\n${model ?? ''}\n${base}`, label: hasModel ? base : `${base} ${model}` };
}

/** Names of repeated steps often end with their number: `iteration 3`, `attempt_2`, `task #12`. */
const NUMBER_AT_END = /(?:[\s_]+#?|#)\d{1,6}$/;

/**
 * Removes the number of a repeated step from the end of a name: `iteration 3` becomes `iteration`. A number that belongs
 * to the name of the model stays.
 */
export function nameWithoutNumber(name: string, model: string | null): string {
  if (model !== null && name.endsWith(model)) return name;
  return name.replace(NUMBER_AT_END, '') || name;
}
