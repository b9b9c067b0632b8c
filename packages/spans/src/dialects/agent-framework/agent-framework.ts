import {
  array,
  either,
  having,
  text,
  texts,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

/*
 * Additions of Microsoft's Agent Framework, Semantic Kernel and AutoGen to OpenTelemetry's conventions: workflows and their
 * executors. Messages of Semantic Kernel are in span events or log records, which OpenTelemetry's dialect reads. Input
 * tokens include cached tokens.
 * Source: microsoft/agent-framework `python/packages/core/agent_framework/observability.py`, microsoft/semantic-kernel
 * `ModelDiagnostics.cs`, `semantic_kernel/utils/telemetry`.
 */
export const agentFramework: Dialect = {
  name: 'agent-framework',
  title: 'Microsoft Agent Framework',
  describes: "Microsoft's Agent Framework, Semantic Kernel and AutoGen",

  impliedKind: whenAny('chain', 'workflow.id', 'executor.id', 'workflow.name'),
  facts: {
    workflowName: having('workflow.id', text('workflow.name')),
    finishReasons: texts('gen_ai.response.finish_reason'),
  },
  content: {
    input: typedText('executor.input'),
    output: typedText('executor.output'),
    toolDefinitions: either(array('sk.available_functions'), array('gen_ai.agent.tools')),
  },
  inputText: { keys: ['executor.input'] },
  outputText: { keys: ['executor.output'] },
};
