import { extractAnswer, findDocuments, questionIn, summarise } from './extract.ts';
import type { Image, ModelRequest, Turn } from './model-request.ts';
import { lastUserText } from './model-request.ts';
import type { Reply } from './script.ts';
import { fillSchema } from './structured-output.ts';
import { chooseToolCalls } from './tool-choice.ts';

/**
 * A deterministic replacement for a language model. It calls the tools that a question needs and reads their results.
 * Otherwise it answers with quotations from the documents in the prompt. It knows nothing else.
 */
export function think(request: ModelRequest): Reply {
  const toolCalls = chooseToolCalls(request);
  const reasoning = request.reasoning ? reason(request, toolCalls.length) : undefined;
  if (toolCalls.length > 0) return { toolCalls, ...(reasoning !== undefined && { reasoning }) };

  const answer = answerTo(request);
  const text =
    request.jsonSchema === undefined ? answer : JSON.stringify(fillSchema(request.jsonSchema, answer));
  return { text, ...(reasoning !== undefined && { reasoning }) };
}

function answerTo(request: ModelRequest): string {
  const userIndex = request.turns.findLastIndex((turn) => turn.role === 'user');
  const results = request.turns.slice(userIndex + 1).filter((turn) => turn.role === 'tool');
  const documents = findDocuments(request.turns.map((turn) => turn.text).join('\n'));
  const question = questionIn(lastUserText(request));

  const parts = [
    describeImages(request.turns[userIndex]?.images ?? []),
    results.map((turn) => describeResult(turn)).join(' '),
    documents.length === 0
      ? ''
      : /^\s*summari[sz]e/i.test(question)
        ? summarise(documents)
        : results.length > 0
          ? (extractAnswer(question, documents, CERTAIN) ?? '')
          : (extractAnswer(question, documents) ?? NOT_FOUND),
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(' ') : `You said: ${question.trim()}`;
}

/** Minimum match of a quotation if there are also tool results, so that only clearly relevant passages are quoted. */
const CERTAIN = 0.5;

const NOT_FOUND = 'I could not find an answer to that in the documents.';

function describeImages(images: readonly Image[]): string {
  return images
    .map((image) =>
      image.width === undefined
        ? `I see a picture (${image.mimeType}).`
        : `I see a picture of ${image.width} × ${image.height} pixels (${image.mimeType}).`,
    )
    .join(' ');
}

/** Converts a tool result to a sentence: `{"orderId":"A-1001","status":"shipped"}` → `Order A-1001: status shipped.` */
function describeResult(turn: Turn): string {
  const value = parseRecord(turn.text);
  if (value === undefined) return `The tool says: ${turn.text.slice(0, 300)}`;
  if (typeof value.error === 'string') return value.error;
  if ('expression' in value && 'result' in value) return `${value.expression} = ${value.result}.`;
  const fields = Object.entries(value).filter(([, field]) => field !== null && typeof field !== 'object');
  const id = fields.find(([name]) => /(^|_)id$|Id$/.test(name));
  const rest = fields
    .filter((entry) => entry !== id)
    .map(([name, field]) => `${spaced(name)} ${String(field)}`);
  return `${id === undefined ? '' : `${capital(spaced(id[0]).replace(/ ?id$/, ''))} ${String(id[1])}: `}${rest.join(', ')}.`;
}

function reason(request: ModelRequest, toolCallCount: number): string {
  const documents = findDocuments(request.turns.map((turn) => turn.text).join('\n'));
  const question = questionIn(lastUserText(request));
  const plan =
    toolCallCount > 0
      ? `That needs ${toolCallCount} tool ${toolCallCount === 1 ? 'call' : 'calls'} first.`
      : documents.length > 0
        ? `There are ${documents.length} documents: ${documents.map((document) => document.id).join(', ')}. I quote the sentences that share most words with the question.`
        : 'There is nothing to look up.';
  return `The user asks: ${question.slice(0, 200)} ${plan}`;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function spaced(name: string): string {
  return name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
