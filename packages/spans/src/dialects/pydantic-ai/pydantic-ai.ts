import {
  converted,
  either,
  inScope,
  isRecord,
  json,
  needing,
  nonEmpty,
  object,
  text,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { messagesFromJson } from '../../messages/messages-from-json.ts';
import { toolsIn } from '../../messages/tools-of-body.ts';
import type { Message } from '../../model/messages.ts';
import type { Dialect } from '../dialect.ts';

const SCOPE = /^pydantic-ai/;
const ALL_MESSAGES = json('pydantic_ai.all_messages', 'all_messages_events');
const EVENTS = json('events');

/*
 * Additions of pydantic-ai to OpenTelemetry's conventions, of all versions of its instrumentation: the messages of an agent,
 * events in one attribute (version 1), and the arguments and results of tools (versions 1 and 2).
 * Source: pydantic-ai 1.x `pydantic_ai/models/instrumented.py`, `pydantic_ai/_instrumentation.py`, `docs/logfire.md`.
 */
export const pydanticAi: Dialect = {
  name: 'pydantic-ai',
  title: 'Pydantic AI',
  describes: 'Pydantic AI, versions 1 to 6 of its instrumentation',

  kind: either(
    whenAny('agent', 'pydantic_ai.all_messages', 'all_messages_events'),
    inScope(SCOPE, (span) =>
      span.name.endsWith('agent run') || span.attributes.has('final_result') ? 'agent' : undefined,
    ),
    inScope(SCOPE, whenAny('agent', 'agent_name')),
    inScope(/^pydantic-evals/, (span) => (span.name.startsWith('evaluator: ') ? 'evaluator' : 'chain')),
  ),

  facts: {
    agentName: inScope(SCOPE, text('agent_name')),
    requestModel: inScope(SCOPE, text('model_name')),
  },

  content: {
    output: typedText('final_result'),
    inputMessages: either(
      converted(ALL_MESSAGES, (value) => nonEmpty(split(messagesOf(value)).input)),
      converted(EVENTS, (value) => nonEmpty(eventsOf(value, false))),
    ),
    outputMessages: either(
      converted(ALL_MESSAGES, (value) => nonEmpty(split(messagesOf(value)).output)),
      converted(EVENTS, (value) => nonEmpty(eventsOf(value, true))),
    ),
    toolArguments: json('tool_arguments'),
    toolResult: json('tool_response'),
    toolDefinitions: needing(['model_request_parameters'], (span) => toolsIn(REQUEST_PARAMETERS(span))),
  },

  inputText: { keys: ['pydantic_ai.all_messages', 'all_messages_events', 'events', 'tool_arguments'] },
  outputText: { keys: ['final_result', 'tool_response'] },
};

const REQUEST_PARAMETERS = object('model_request_parameters');

function messagesOf(value: unknown): readonly Message[] {
  return messagesFromJson(Array.isArray(value) ? value.map(eventMessage) : value, 'user') ?? [];
}

/** The conversation of an agent ends with its answer. */
function split(messages: readonly Message[]): { input: readonly Message[]; output: readonly Message[] } {
  const ends = messages.at(-1)?.role === 'assistant';
  return { input: ends ? messages.slice(0, -1) : messages, output: ends ? messages.slice(-1) : [] };
}

const CHOICE = 'gen_ai.choice';

/** Returns the choices, or all other events. */
function eventsOf(value: unknown, isOutput: boolean): readonly Message[] {
  if (!Array.isArray(value)) return [];
  const events = value.filter((event) => isRecord(event) && (event['event.name'] === CHOICE) === isOutput);
  return messagesFromJson(events.map(eventMessage), isOutput ? 'assistant' : 'user') ?? [];
}

const EVENT_ROLE = /^gen_ai\.(system|user|assistant|tool)\.message$/;

/** Converts an event in JSON to a message. The id of a tool's message is the id of the call. */
function eventMessage(event: unknown): unknown {
  if (!isRecord(event)) return event;
  const name = event['event.name'];
  if (typeof name !== 'string') return event;
  const role = event.role ?? EVENT_ROLE.exec(name)?.[1];
  if (role === 'tool') return { role, content: event.content, tool_call_id: event.tool_call_id ?? event.id };
  return { ...event, ...(role === undefined ? {} : { role }) };
}
