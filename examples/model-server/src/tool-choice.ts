import { questionIn } from './extract.ts';
import type { ModelRequest, ToolCall, ToolOffer, Turn } from './model-request.ts';
import { contentWords } from './words.ts';

type Call = Omit<ToolCall, 'id'>;

/** Rules to find values for a parameter in the question, by the parameter's name. The first match applies. */
const VALUE_RULES: readonly { parameter: RegExp; find: (text: string) => readonly string[] }[] = [
  { parameter: /order/i, find: (text) => unique(text.match(/\b[A-Z]{1,3}-\d{3,8}\b/g)) },
  {
    parameter: /expression|formula/i,
    find: (text) => unique(text.match(/\(?\d[\d.]*\)?(?:\s*[-+*/]\s*\(?\d[\d.]*\)?)+/g)),
  },
  { parameter: /city|location/i, find: (text) => unique(text.match(/(?<=\bin )\p{Lu}\p{L}+/gu)) },
  { parameter: /email/i, find: (text) => unique(text.match(/\b[\w.+-]+@[\w-]+\.[\w.]+\b/g)) },
];

/** Parameters that get the whole question if it is about the subject of the tool. */
const WHOLE_TEXT = /query|question|search|text/i;

/**
 * Returns the tool calls that the question needs and that have not been made since the last user turn, in the order of
 * the question. Returns one at a time if parallel calls are off, and an empty list if the model can answer.
 */
export function chooseToolCalls(request: ModelRequest): Call[] {
  const { tools, toolChoice } = request;
  if (tools.length === 0 || toolChoice === 'none') return [];

  const userIndex = request.turns.findLastIndex((turn) => turn.role === 'user');
  const question = questionIn(request.turns[userIndex]?.text ?? '');
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

/** Returns a call of a required tool. Its argument is the question if no better value is found. */
function callOf(tool: ToolOffer, question: string): Call {
  const parameter = mainParameter(tool);
  return (
    callsOf(tool, question)[0] ?? {
      name: tool.name,
      arguments: parameter === undefined ? {} : { [parameter]: question },
    }
  );
}

/** Returns the first required parameter, otherwise the first parameter. */
function mainParameter(tool: ToolOffer): string | undefined {
  const { properties, required } = tool.parameters;
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  return names.find((name) => Array.isArray(required) && required.includes(name)) ?? names[0];
}

/** Whether the question and the name and description of the tool have two words in common. */
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
