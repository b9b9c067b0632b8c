import { describe, expect, it } from 'vitest';
import { messagesFromText } from './cut-messages.ts';
import { toParts } from './message-parts.ts';
import { messagesFromRequest, messagesFromResponse } from './messages-from-body.ts';
import { messagesFromJson } from './messages-from-json.ts';
import { callArguments, toolMessageOf } from './tool-message.ts';

const PNG = 'iVBORw0KGgo=';
const BYTES = [137, 80, 78, 71, 13, 10, 26, 10];
const BLOB = { type: 'blob', modality: 'image', mime_type: 'image/png', content: PNG };
const asKeys = Object.fromEntries(BYTES.map((byte, at) => [at, byte]));

describe('a picture', () => {
  it.each([
    ['Bedrock Converse', { image: { format: 'png', source: { bytes: PNG } } }],
    ['Bedrock Converse, bytes as numbers', { image: { format: 'png', source: { bytes: BYTES } } }],
    ['Gemini', { inlineData: { mimeType: 'image/png', data: PNG } }],
    ['Gemini in Python', { inline_data: { mime_type: 'image/png', data: PNG } }],
    ['Google ADK', { type: 'blob', mime_type: 'image/png', data: PNG }],
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
    ['Chat Completions', { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
    ['a URL as text', { type: 'image_url', image_url: `data:image/png;base64,${PNG}` }],
    ['Responses', { type: 'input_image', image_url: `data:image/png;base64,${PNG}` }],
    ['LangChain 0.3', { type: 'image', source_type: 'base64', mime_type: 'image/png', data: PNG }],
    ['LangChain 1', { type: 'image', base64: PNG, mime_type: 'image/png' }],
    ['AI SDK 4', { type: 'image', image: PNG, mimeType: 'image/png' }],
    ['AI SDK 5', { type: 'file', data: PNG, mediaType: 'image/png' }],
    ['AI SDK, a Uint8Array', { type: 'image', image: asKeys, mimeType: 'image/png' }],
    ['AI SDK, a Uint8Array in a file', { type: 'file', data: asKeys, mediaType: 'image/png' }],
    ['AI SDK, a Buffer', { type: 'image', image: { type: 'Buffer', data: BYTES }, mimeType: 'image/png' }],
    ['a list of numbers', { type: 'image', image: BYTES, mimeType: 'image/png' }],
    ['Genkit', { media: { url: `data:image/png;base64,${PNG}`, contentType: 'image/png' } }],
    ['pydantic-ai', { type: 'binary', media_type: 'image/png', content: PNG }],
    ['Haystack', { image: { base64_image: PNG, mime_type: 'image/png' } }],
    ['LlamaIndex', { block_type: 'image', image: PNG, image_mimetype: 'image/png' }],
  ])('of %s becomes a blob', (_, block) => {
    expect(toParts([block])).toEqual([BLOB]);
  });

  it.each([
    ['LangChain', { type: 'image', source_type: 'url', url: 'https://example.com/a.png' }],
    ['pydantic-ai', { type: 'image-url', url: 'https://example.com/a.png' }],
    ['Gemini', { fileData: { fileUri: 'https://example.com/a.png', mimeType: 'image/png' } }],
    [
      'Bedrock on S3',
      { image: { format: 'png', source: { s3Location: { uri: 'https://example.com/a.png' } } } },
    ],
  ])('of %s becomes a URL', (_, block) => {
    expect(toParts([block])).toMatchObject([
      { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' },
    ]);
  });

  it('a list of numbers that are not bytes stays unchanged', () => {
    const block = { type: 'image', image: { '0': 1000, '1': 2 }, mimeType: 'image/png' };
    expect(toParts([block])).toEqual([block]);
  });

  it('a Bedrock block can be a document with a name', () => {
    expect(toParts([{ document: { format: 'pdf', name: 'report', source: { bytes: 'JVBERi0=' } } }])).toEqual(
      [
        {
          type: 'blob',
          modality: 'document',
          mime_type: 'application/pdf',
          content: 'JVBERi0=',
          name: 'report',
        },
      ],
    );
  });
});

const CALL = { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } };
const RESULT = { type: 'tool_call_response', id: 'c1', response: '21 degrees' };

describe('a tool call', () => {
  it.each([
    ['OpenTelemetry', { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } }],
    ['Bedrock Converse', { toolUse: { toolUseId: 'c1', name: 'weather', input: { city: 'Paris' } } }],
    ['Anthropic', { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Paris' } }],
    ['Gemini', { functionCall: { id: 'c1', name: 'weather', args: { city: 'Paris' } } }],
    ['Gemini in Python', { function_call: { id: 'c1', name: 'weather', args: { city: 'Paris' } } }],
    ['Responses', { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Paris"}' }],
    [
      'a custom tool',
      { type: 'custom_tool_call', call_id: 'c1', name: 'weather', input: '{"city":"Paris"}' },
    ],
    ['AI SDK', { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: { city: 'Paris' } }],
    ['Genkit', { toolRequest: { ref: 'c1', name: 'weather', input: { city: 'Paris' } } }],
    ['Haystack', { tool_call: { id: 'c1', tool_name: 'weather', arguments: { city: 'Paris' } } }],
  ])('of %s becomes a part', (_, block) => {
    expect(toParts([block])).toEqual([CALL]);
  });

  it.each([
    [
      'Bedrock Converse',
      { toolResult: { toolUseId: 'c1', status: 'success', content: [{ text: '21 degrees' }] } },
    ],
    [
      'Anthropic',
      { type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: '21 degrees' }] },
    ],
    ['Gemini', { functionResponse: { id: 'c1', response: '21 degrees' } }],
    ['Responses', { type: 'function_call_output', call_id: 'c1', output: '21 degrees' }],
    ['pydantic-ai', { type: 'tool_call_response', id: 'c1', result: '21 degrees' }],
    ['AI SDK', { type: 'tool-result', toolCallId: 'c1', output: { type: 'text', value: '21 degrees' } }],
    ['Genkit', { toolResponse: { ref: 'c1', output: '21 degrees' } }],
    ['Haystack', { tool_call_result: { result: '21 degrees', origin: { id: 'c1' }, error: false } }],
  ])('of %s has a result', (_, block) => {
    expect(toParts([block])).toEqual([RESULT]);
  });

  it('a failed call is marked', () => {
    const failed = [{ ...RESULT, is_error: true }];
    expect(
      toParts([{ toolResult: { toolUseId: 'c1', status: 'error', content: [{ text: '21 degrees' }] } }]),
    ).toEqual(failed);
    expect(
      toParts([{ type: 'tool_result', tool_use_id: 'c1', is_error: true, content: '21 degrees' }]),
    ).toEqual(failed);
  });

  it('a Bedrock call can have a result in JSON', () => {
    expect(toParts([{ toolResult: { toolUseId: 'c1', content: [{ json: { temp: 21 } }] } }])).toEqual([
      { type: 'tool_call_response', id: 'c1', response: { temp: 21 } },
    ]);
  });
});

describe('reasoning', () => {
  it.each([
    ['Bedrock Converse', { reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } }],
    ['Anthropic', { type: 'thinking', thinking: 'Hm.', signature: 's' }],
    ['pydantic-ai', { type: 'thinking', content: 'Hm.', signature: 's' }],
    ['Responses', { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], signature: 's' }],
  ])('of %s keeps its text', (_, block) => {
    expect(toParts([block])).toEqual([{ type: 'reasoning', content: 'Hm.', signature: 's' }]);
  });
});

describe('items that no table knows', () => {
  it('stay in their place, as they came', () => {
    const output = [
      { type: 'reasoning', id: 'rs', summary: [{ type: 'summary_text', text: 'I should search.' }] },
      { type: 'web_search_call', id: 'ws', action: { type: 'search', query: 'tents' } },
      { type: 'code_interpreter_call', id: 'ci', code: 'print(6*7)' },
      { type: 'an_item_of_next_year', id: 'x', what: 1 },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Five years.' }] },
    ];
    const parts = messagesFromResponse({ output })?.flatMap((message) => message.parts);
    expect(parts?.map(({ type }) => type)).toEqual([
      'reasoning',
      'web_search_call',
      'code_interpreter_call',
      'an_item_of_next_year',
      'text',
    ]);
    expect(parts?.[1]).toEqual(output[1]);
    expect(parts?.[3]).toEqual(output[3]);
  });

  it('among the content of a message stay too', () => {
    const content = [
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'tents' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: 's1',
        content: [{ type: 'web_search_result', url: 'https://e.com' }],
      },
      { guardContent: { text: { text: 'guarded' } } },
      { type: 'text', text: 'Five years.' },
    ];
    expect(messagesFromJson([{ role: 'assistant', content }], 'assistant')?.[0]?.parts).toEqual([
      content[0],
      content[1],
      { type: 'unknown', guardContent: { text: { text: 'guarded' } } },
      { type: 'text', content: 'Five years.' },
    ]);
  });

  it('results of tools belong to the tool, and requests for approval to the assistant', () => {
    const messages = messagesFromRequest({
      model: 'm',
      input: [
        { role: 'user', content: 'Hi' },
        { type: 'custom_tool_call', call_id: 'c', name: 'sql', input: 'select 1' },
        { type: 'custom_tool_call_output', call_id: 'c', output: '1' },
        { type: 'mcp_approval_request', id: 'a' },
        { type: 'mcp_approval_response', approval_request_id: 'a', approve: true },
      ],
    });
    expect(messages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
  });
});

const USER = [{ role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }];
const ANSWER = [{ role: 'assistant', parts: [{ type: 'text', content: '21 degrees.' }] }];

describe('an envelope', () => {
  it.each([
    ['a decorated function', { args: ['Weather in Paris?'], kwargs: {} }],
    ['named arguments', { args: [], kwargs: { question: 'Weather in Paris?' } }],
    [
      'messages in arguments',
      { args: [], kwargs: { messages: [{ role: 'user', content: 'Weather in Paris?' }] } },
    ],
    ['LangGraph', { messages: [{ type: 'human', content: 'Weather in Paris?' }] }],
    ['LangChain', { input: 'Weather in Paris?', chat_history: [] }],
    ['Google ADK', { user_id: 'u', new_message: { parts: [{ text: 'Weather in Paris?' }], role: 'user' } }],
    ['AI SDK', { prompt: 'Weather in Paris?' }],
    [
      'a serialised message',
      { lc: 1, type: 'constructor', id: ['x', 'HumanMessage'], kwargs: { content: 'Weather in Paris?' } },
    ],
    ['AutoGen', { messages: [{ type: 'UserMessage', content: 'Weather in Paris?' }] }],
  ])('of %s shows what was said', (_, body) => {
    expect(messagesFromRequest(body)).toEqual(USER);
  });

  it.each([
    ['LangChain', { output: '21 degrees.' }],
    ['CrewAI', { raw: '21 degrees.', pydantic: null, tasks_output: [] }],
    ['Gemini', { content: { parts: [{ text: '21 degrees.' }], role: 'model' } }],
    ['a LangChain message', { type: 'ai', data: { content: '21 degrees.', type: 'ai' } }],
    [
      'LangGraph',
      [{ graph: null, update: { messages: [{ type: 'ai', data: { content: '21 degrees.' } }] }, goto: [] }],
    ],
    ['a result', { result: { answer: '21 degrees.' } }],
    ['Haystack', { replies: [{ role: 'assistant', content: [{ text: '21 degrees.' }] }] }],
    ['older Haystack', { replies: [{ _role: 'assistant', _content: [{ text: '21 degrees.' }] }] }],
    [
      'Semantic Kernel',
      { role: { Label: 'assistant' }, items: [{ $type: 'TextContent', text: '21 degrees.' }] },
    ],
    ['Cohere', { role: 'CHATBOT', message: '21 degrees.' }],
  ])('of %s shows what was answered', (_, body) => {
    expect(messagesFromResponse(body)).toEqual(ANSWER);
  });

  it('an envelope without a message stays unchanged', () => {
    for (const body of [{ args: [], kwargs: {} }, { temperature: 1 }, [1, 2], { input: { a: 1 } }, {}])
      expect([messagesFromRequest(body), messagesFromResponse(body)]).toEqual([undefined, undefined]);
  });

  it('the envelope of a tool call gives its arguments', () => {
    expect(callArguments({ args: [], kwargs: { city: 'Paris' } })).toEqual({ city: 'Paris' });
    expect(callArguments({ args: ['Paris'], kwargs: {} })).toBe('Paris');
    expect(callArguments({ args: ['Paris'], kwargs: { a: 1 } })).toBeUndefined();
    expect(callArguments({ city: 'Paris' })).toBeUndefined();
  });

  it.each([
    { type: 'tool', data: { content: '21', tool_call_id: 'c1' } },
    { lc: 1, kwargs: { content: '21', tool_call_id: 'c1' } },
    { output: { content: '21', type: 'tool', tool_call_id: 'c1' } },
    { content: [{ type: 'text', text: '21' }], type: 'tool', tool_call_id: 'c1' },
  ])('of a tool message gives its result: %j', (value) => {
    expect(toolMessageOf(value)).toEqual({ result: '21', callId: 'c1' });
  });
});

describe('messages in a text that was cut', () => {
  const TEXT = JSON.stringify([
    { role: 'system', content: 'Be short.' },
    { role: 'user', content: [{ type: 'text', text: 'Where is my order A-1001?' }] },
  ]);
  const read = (text: string) => messagesFromText(text, (json) => messagesFromJson(json, 'user'));

  it('are read up to the cut, and the last part is marked', () => {
    expect(read(TEXT.slice(0, TEXT.indexOf('A-1001')))).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be short.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Where is my order ', truncated: true }] },
    ]);
  });

  it('are the same wherever the text was cut, as far as they are whole', () => {
    const whole = read(TEXT);
    for (let at = 60; at < TEXT.length; at++) {
      const cut = read(TEXT.slice(0, at));
      expect(cut?.[0]).toMatchObject(whole?.[0] ?? {});
      expect(JSON.stringify(cut)).toContain('"truncated":true');
    }
  });

  it('are not searched in other texts', () => {
    expect(read('[INFO] something')).toBeUndefined();
    expect(read('{not json, but "content": in it')).toBeUndefined();
  });
});
