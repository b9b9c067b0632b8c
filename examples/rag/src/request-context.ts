import { setAttributes, setMetadata, setSession, setTags, setUser } from '@arizeai/openinference-core';
import { context } from '@opentelemetry/api';

/** Who asks, and from which part of the product. */
export interface Visit {
  readonly feature: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Every span of `run`, those of the instrumentations too, carries the visit. */
export function inVisit<Result>(visit: Visit, run: () => Promise<Result>): Promise<Result> {
  let active = context.active();
  active = setSession(active, { sessionId: visit.sessionId });
  active = setUser(active, { userId: visit.userId });
  active = setTags(active, [...visit.tags]);
  active = setMetadata(active, { ...visit.metadata });
  active = setAttributes(active, { 'throughline.feature': visit.feature });
  return context.with(active, run);
}
