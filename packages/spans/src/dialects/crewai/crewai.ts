import { either, text, typedText, whenAny } from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

/*
 * CrewAI, as OpenLLMetry and OpenLIT record it: crews, agents and tasks.
 * Source: openllmetry 0.62.1 instrumentation of CrewAI; openlit 1.3x.
 */
export const crewai: Dialect = {
  name: 'crewai',
  title: 'CrewAI',
  describes: 'OpenLLMetry and OpenLIT for CrewAI (Agno, smolagents and BeeAI come through OpenInference)',

  impliedKind: either(
    whenAny('agent', 'crewai.agent.role', 'crewai.agent.id'),
    whenAny('chain', 'crewai.task.description', 'crewai.task.id', 'crewai.crew.id', 'crewai.crew.tasks'),
  ),
  facts: { agentName: text('crewai.agent.role') },
  content: {
    input: either(
      typedText('gen_ai.task.input'),
      typedText('crewai.task.description'),
      typedText('crewai.agent.goal'),
    ),
    output: either(
      typedText('gen_ai.task.output'),
      typedText('crewai.crew.result'),
      typedText('crewai.task.output'),
    ),
  },
  inputText: { keys: ['gen_ai.task.input', 'crewai.task.description'] },
  outputText: { keys: ['gen_ai.task.output', 'crewai.crew.result', 'crewai.task.output'] },
};
