import { describe, expect, it } from 'vitest';
import { mapFacts } from './map-facts.ts';
import { type RawSpanSketch, rawSpan } from './testing/raw-span.ts';

const facts = (sketch: RawSpanSketch) => mapFacts(rawSpan(sketch));
const kind = (attributes: NonNullable<RawSpanSketch['attributes']>) => facts({ attributes }).kind;

describe('the kind of a span', () => {
  it('is what OpenInference says, whatever else is on the span', () => {
    expect(kind({ 'openinference.span.kind': 'CHAIN', 'gen_ai.operation.name': 'chat' })).toBe('chain');
    expect(kind({ 'openinference.span.kind': 'retriever' })).toBe('retriever');
  });

  it('falls back to the operation where OpenInference says UNKNOWN', () => {
    expect(kind({ 'openinference.span.kind': 'UNKNOWN', 'gen_ai.operation.name': 'embeddings' })).toBe(
      'embedding',
    );
  });

  it.each([
    ['chat', 'llm'],
    ['text_completion', 'llm'],
    ['generate_content', 'llm'],
    ['embeddings', 'embedding'],
    ['invoke_agent', 'agent'],
    ['create_agent', 'agent'],
    ['agent_step', 'agent'],
    ['invoke_workflow', 'chain'],
    ['execute_tool', 'tool'],
    ['retrieval', 'retriever'],
    ['rerank', 'reranker'],
    ['search_memory', 'memory'],
    ['something_new', 'span'],
  ])('of operation %s is %s', (operation, expected) => {
    expect(kind({ 'gen_ai.operation.name': operation })).toBe(expected);
  });

  it('is tool where a tool is named, even on a span with a model', () => {
    expect(kind({ 'gen_ai.tool.name': 'search', 'gen_ai.request.model': 'gpt-4o' })).toBe('tool');
    expect(kind({ 'mcp.method.name': 'tools/call' })).toBe('tool');
    expect(kind({ 'mcp.method.name': 'tools/list' })).toBe('span');
  });

  it('is llm where only a model is named', () => {
    expect(kind({ 'gen_ai.request.model': 'gpt-4o' })).toBe('llm');
    expect(kind({ 'llm.model_name': 'gpt-4o' })).toBe('llm');
  });

  it('is not agent because a chat call says on whose behalf it is made', () => {
    expect(
      kind({ 'gen_ai.operation.name': 'chat', 'gen_ai.agent.name': 'Planner', 'gen_ai.agent.id': '1' }),
    ).toBe('llm');
    expect(kind({ 'gen_ai.request.model': 'gpt-4o', 'gen_ai.agent.name': 'Planner' })).toBe('llm');
  });

  it('is span for HTTP, databases and everything unknown', () => {
    expect(kind({ 'http.request.method': 'GET', 'url.full': 'https://example.com' })).toBe('span');
    expect(kind({ 'db.system': 'postgresql', 'db.query.text': 'SELECT 1' })).toBe('span');
    expect(kind({})).toBe('span');
  });
});
