import { isRecord, type JsonRecord, readArray, readCount, readRecord } from '../decode.ts';
import { imageFromBase64 } from '../image.ts';
import type { ModelRequest, ToolOffer, Turn } from '../model-request.ts';
import { requireModel } from '../models.ts';

/** Decodes the body of `generateContent`. https://ai.google.dev/api/generate-content */
export function decodeGenerateRequest(model: string, body: JsonRecord, stream: boolean): ModelRequest {
  requireModel('google', model);
  const config = isRecord(body.generationConfig) ? body.generationConfig : {};
  const maxTokens = readCount(config.maxOutputTokens, 'generationConfig.maxOutputTokens');
  const thinking = isRecord(config.thinkingConfig) ? config.thinkingConfig : {};
  const system = isRecord(body.systemInstruction) ? textOf(body.systemInstruction) : '';
  return {
    api: 'generate',
    model,
    turns: [
      ...(system === '' ? [] : [turn('system', system)]),
      ...readArray(body.contents, 'contents').flatMap((content) =>
        decodeContent(readRecord(content, 'contents')),
      ),
    ],
    tools: readArray(body.tools ?? [], 'tools')
      .filter(isRecord)
      .flatMap(decodeTools),
    toolChoice: 'auto',
    parallelToolCalls: true,
    ...(maxTokens !== undefined && { maxTokens }),
    reasoning: thinking.includeThoughts === true,
    stream,
    choices: 1,
  };
}

function turn(role: Turn['role'], text: string, more: Partial<Turn> = {}): Turn {
  return { role, text, images: [], toolCalls: [], ...more };
}

/** Calls have no ids in this API, so their names are used instead. */
function decodeContent(content: JsonRecord): Turn[] {
  const parts = partsOf(content);
  const results = parts
    .map(({ functionResponse }) => functionResponse)
    .filter(isRecord)
    .map((result) =>
      turn('tool', JSON.stringify(result.response ?? {}), { toolCallId: String(result.name) }),
    );
  if (results.length > 0) return results;
  const toolCalls = parts
    .map(({ functionCall }) => functionCall)
    .filter(isRecord)
    .map((call) => ({
      id: String(call.name),
      name: String(call.name),
      arguments: isRecord(call.args) ? call.args : {},
    }));
  const images = parts
    .map(({ inlineData }) => inlineData)
    .filter(isRecord)
    .map((data) => imageFromBase64(String(data.mimeType), String(data.data)));
  return [turn(content.role === 'model' ? 'assistant' : 'user', textOf(content), { images, toolCalls })];
}

function decodeTools(tool: JsonRecord): ToolOffer[] {
  return readArray(tool.functionDeclarations ?? [], 'functionDeclarations')
    .filter(isRecord)
    .map((offer) => ({
      name: String(offer.name),
      description: typeof offer.description === 'string' ? offer.description : '',
      parameters: [offer.parametersJsonSchema, offer.parameters].find(isRecord) ?? {},
    }));
}

function partsOf(content: JsonRecord): JsonRecord[] {
  return Array.isArray(content.parts) ? content.parts.filter(isRecord) : [];
}

export function textOf(content: JsonRecord): string {
  return partsOf(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .filter((text) => text !== '')
    .join('\n');
}
