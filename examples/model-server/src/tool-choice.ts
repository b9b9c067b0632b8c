import { askedText } from './extract.ts';
import type { ModelRequest, ToolCall, ToolOffer, Turn } from './model-request.ts';
import { contentWords } from './words.ts';

type Call = Omit<ToolCall, 'id'>;

/** How a parameter gets its values from what the user wrote: by the parameter's name. First rule that fits. */
const VALUE_RULES: readonly { parameter: RegExp; find: (text: string) => readonly string[] }[] = [
  { parameter: /order/i, find: (text) => unique(text.match(/\b[A-Z]{1,3}-\d{3,8}\b/g)) },
  {
    parameter: /expression|formula/i,
    find: (text) => unique(text.match(/\(?\d[\d.]*\)?(?:\s*[-+*/]\s*\(?\d[\d.]*\)?)+/g)),
  },
  { parameter: /city|location/i, find: (text) => unique(text.match(/(?<=\bin )\p{Lu}\p{L}+/gu)) },
  { parameter: /email/i, find: (text) => unique(text.match(/\b[\w.+-]+@[\w-]+\.[\w.]+\b/g)) },
];

/** Parameters that take the whole question, if the tool is about the same thing. */
const WHOLE_TEXT = /query|question|search|text/i;

/**
 * The calls that the question needs and that were not made yet since the user spoke, in the order of the
 * question; one at a time where the caller does not want parallel calls. Empty: the model can answer.
 */
export function chooseToolCalls(request: ModelRequest): Call[] {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice === 'none') return [];

  const userIndex = request.turns.findLastIndex((turn) => turn.role === 'user');
  const question = askedText(request.turns[userIndex]?.text ?? '');
  const later = request.turns.slice(userIndex + 1);

  if (typeof toolChoice === 'object') {
    const offer = tools.find((tool) => tool.name === toolChoice.name);
    return offer === undefined || later.length > 0 ? [] : [callOf(offer, question)];
  }
  const wanted = tools.flatMap((tool) => callsOf(tool, question)).filter((call) => !wasMade(call, later));
  if (wanted.length === 0 && toolChoice === 'required' && later.length === 0) {
    return tools.slice(0, 1).map((tool) => callOf(tool, question));
  }
  return request.parallelToolCalls ? wanted : wanted.slice(0, 1);
}

function callsOf(tool: ToolOffer, question: string): Call[] {
  const parameter = mainParameter(tool);
  if (parameter === undefined) return isAbout(tool, question) ? [{ name: tool.name, arguments: {} }] : [];
  const rule = VALUE_RULES.find((candidate) => candidate.parameter.test(parameter));
  const values =
    rule?.find(question) ?? (WHOLE_TEXT.test(parameter) && isAbout(tool, question) ? [question] : []);
  return values.map((value) => ({ name: tool.name, arguments: { [parameter]: value } }));
}

/** A call that has to be made, with the question itself where nothing better is found. */
function callOf(tool: ToolOffer, question: string): Call {
  const parameter = mainParameter(tool);
  return (
    callsOf(tool, question)[0] ?? {
      name: tool.name,
      arguments: parameter === undefined ? {} : { [parameter]: question },
    }
  );
}

/** The first required parameter, else the first of all. */
function mainParameter(tool: ToolOffer): string | undefined {
  const { properties, required } = tool.parameters;
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return names.find((name) => Array.isArray(required) && required.includes(name)) ?? names[0];
}

/** Two words in common between the question and what the tool says about itself. */
function isAbout(tool: ToolOffer, question: string): boolean {
  const words = new Set(contentWords(`${tool.name.replaceAll('_', ' ')} ${tool.description}`));
  return new Set(contentWords(question).filter((word) => words.has(word))).size >= 2;
}

function wasMade(call: Call, turns: readonly Turn[]): boolean {
  const key = JSON.stringify(call.arguments);
  return turns.some((turn) =>
    turn.toolCalls.some((made) => made.name === call.name && JSON.stringify(made.arguments) === key),
  );
}

function unique(values: readonly string[] | null): string[] {
  return [...new Set(values ?? [])];
}
