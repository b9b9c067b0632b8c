/** Maximum number of ancestors of an agent to search for another agent. */
const MAX_DEPTH = 256;

/**
 * Finds the agents whose usage nobody else reports. Agents usually repeat the sum of the calls below them, which must not
 * count twice. But a remote agent comes back as one span with its usage and no calls below it, so its usage counts. Of agents
 * below one another without calls, the outermost counts, because it repeats the usage of the others.
 *
 *     root
 *     ├─ agent 900          does not count
 *     │  └─ chat 900        counts
 *     └─ remote agent 400   counts
 *
 * Nothing counts if the place of a call is not known, because its agent could be any.
 *
 * @param agents agents with usage
 * @param calls calls with usage
 * @param parents the parent of every span of the trace, by span id; roots are left out
 * @param isKnown whether the trace contains a span
 */
export function countedAgents(
  agents: readonly string[],
  calls: readonly string[],
  parents: ReadonlyMap<string, string>,
  isKnown: (spanId: string) => boolean,
): ReadonlySet<string> {
  const covered = new Set<string>();
  for (const call of calls) {
    // Every span is covered once, so this takes no more steps than there are spans, whatever the shape of the trace.
    for (let at = parents.get(call); at !== undefined && !covered.has(at); at = parents.get(at)) {
      if (!isKnown(at)) return new Set();
      covered.add(at);
    }
  }
  const alone = new Set(agents.filter((agent) => !covered.has(agent)));
  const isBelowAnother = (agent: string): boolean => {
    let at = parents.get(agent);
    for (let depth = 0; depth < MAX_DEPTH && at !== undefined && at !== agent; depth++) {
      if (alone.has(at)) return true;
      at = parents.get(at);
    }
    return false;
  };
  return new Set([...alone].filter((agent) => !isBelowAnother(agent)));
}
