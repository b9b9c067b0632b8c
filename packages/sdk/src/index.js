export { InMemoryExporter } from './in-memory-exporter.ts';
export { createSampler, createSpanProcessor, flush, init, shutdown, stats } from './init.ts';
export { agent, chain, embedding, guardrail, observe, reranker, retriever, tool, } from './observe.ts';
export { extract, inject } from './propagation.ts';
export { instrument } from './register/instrument.ts';
export { activeContext, withContext } from './scope.ts';
export { score } from './score.ts';
export { activeSpan, startSpan, startTrace, updateSpan, } from './span.ts';
export { markUsed } from './used-documents.ts';
