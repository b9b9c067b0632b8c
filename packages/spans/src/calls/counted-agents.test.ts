import { describe, expect, it } from 'vitest';
import { countedAgents } from './counted-agents.ts';

/** A tree as `child: parent`; spans whose name begins with `agent` or `call` have usage. */
function counted(tree: Readonly<Record<string, string>>): string[] {
  const ids = Object.keys(tree);
  const parents = new Map(Object.entries(tree).filter(([, parent]) => parent !== ''));
  const named = (name: string) => ids.filter((id) => id.startsWith(name));
  return [...countedAgents(named('agent'), named('call'), parents, (id) => ids.includes(id))].sort();
}

describe('the usage of an agent', () => {
  it('counts if no call is below it', () => {
    expect(counted({ root: '', agent: 'root' })).toEqual(['agent']);
    expect(counted({ agent: '', tool: 'agent' })).toEqual(['agent']);
  });

  it('does not count if a call is anywhere below it', () => {
    expect(counted({ agent: '', step: 'agent', call: 'step' })).toEqual([]);
  });

  it('counts beside calls of others', () => {
    expect(counted({ root: '', call: 'root', agent: 'root' })).toEqual(['agent']);
    expect(counted({ agent1: '', call: 'agent1', agent2: 'agent1' })).toEqual(['agent2']);
  });

  it('counts once for agents below one another', () => {
    expect(counted({ agent1: '', step: 'agent1', agent2: 'step', agent3: 'agent2' })).toEqual(['agent1']);
  });

  it('does not count while the parent of a call is not known', () => {
    expect(counted({ agent: '', call: 'missing' })).toEqual([]);
  });

  it('is decided in trees with circles and of great depth', () => {
    expect(counted({ agent: 'a', a: 'b', b: 'agent' })).toEqual(['agent']);
    const deep = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`s${n + 1}`, `s${n}`]));
    expect(counted({ ...deep, call: 's5000', s0: 'agent', agent: '' })).toEqual([]);
  });
});
