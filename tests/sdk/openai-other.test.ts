/** Responses, embeddings, media and batches of the `openai` package, two majors, traced by `instrument(client)`. */
import { instrument } from '@throughline/sdk';
import OpenAI7 from 'openai';
import OpenAI6 from 'openai6';
import { describe, expect, it } from 'vitest';
import { ORDER_PARAMETERS } from '../support/model-server.ts';
import { answerOf, facts, questionOf, readAll, useProviderServer } from './support.ts';

const { models, spans } = useProviderServer();

const tool = {
  type: 'function' as const,
  function: { name: 'lookup_order', description: 'Status of an order', parameters: ORDER_PARAMETERS },
};

describe.each([
  ['7', OpenAI7],
  ['6', OpenAI6 as unknown as typeof OpenAI7],
])('openai %s', (_, OpenAI) => {
  const bareClient = (maxRetries = 0) =>
    new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries });
  const client = (maxRetries = 0) => instrument(bareClient(maxRetries));

  it('records Responses, complete and streamed: reasoning, calls, instructions', async () => {
    const openai = client();
    const body = { model: 'gpt-5-mini', instructions: 'Be brief.', input: 'Good morning' };
    const answer = await openai.responses.create(body);
    expect(facts(spans.spans[0])).toMatchObject({
      name: 'chat gpt-5-mini',
      'openai.api.type': 'responses',
      'gen_ai.response.id': answer.id,
      'gen_ai.usage.input_tokens': answer.usage?.input_tokens,
      'gen_ai.usage.output_tokens': answer.usage?.output_tokens,
      'gen_ai.usage.reasoning.output_tokens': answer.usage?.output_tokens_details.reasoning_tokens,
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: 'Be brief.' }]),
    });
    expect(spans.spans[0]?.attributes['gen_ai.usage.reasoning.output_tokens']).toBeGreaterThan(0);
    expect(answerOf(spans.spans[0])).toMatchObject([
      {
        role: 'assistant',
        parts: [{ type: 'reasoning' }, { type: 'text', content: 'You said: Good morning' }],
      },
    ]);
    spans.clear();

    const stream = await openai.responses.create({
      model: 'gpt-4o',
      stream: true,
      input: 'Where is A-1001?',
      tools: [{ type: 'function', strict: false, ...tool.function }],
    });
    await readAll(stream);
    expect(facts(spans.spans[0])).toMatchObject({
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
    expect(answerOf(spans.spans[0])).toMatchObject([
      { parts: [{ type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } }] },
    ]);
    spans.clear();

    const final = await openai.responses.stream({ model: 'gpt-4o', input: 'slowly' }).finalResponse();
    const { output_parsed: nothing } = await openai.responses.parse({ model: 'gpt-4o', input: 'slowly' });
    expect([final.output_text, nothing]).toEqual(['Slow and steady.', null]);
    expect(spans.spans.map(({ attributes }) => attributes['gen_ai.usage.output_tokens'])).toEqual([4, 4]);
    spans.clear();

    let text = '';
    for await (const event of await openai.responses.create({
      model: 'gpt-4o',
      stream: true,
      input: 'endless',
    })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (text.length > 20) break;
    }
    expect(facts(spans.spans[0])).toMatchObject({ 'throughline.cancelled': true });
    expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ type: 'text', content: text }] }]);
  });

  it('records embeddings: texts, tokens, length of the vectors', async () => {
    const answer = await client().embeddings.create({
      model: 'text-embedding-3-small',
      input: ['one', 'two'],
      dimensions: 64,
    });
    expect(answer.data[0]?.embedding).toHaveLength(64);
    expect(facts(spans.spans[0])).toMatchObject({
      name: 'embeddings text-embedding-3-small',
      kind: 'embedding',
      'gen_ai.usage.input_tokens': 2,
      'gen_ai.embeddings.dimension.count': 64,
    });
    expect(questionOf(spans.spans[0])).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'one' },
          { type: 'text', content: 'two' },
        ],
      },
    ]);
  });

  it('records embeddings that are base64, and inputs that are tokens', async () => {
    const openai = client();
    const answer = await openai.embeddings.create({
      model: 'text-embedding-3-small',
      input: [
        [101, 102, 103],
        [104, 105],
      ],
      encoding_format: 'base64',
      dimensions: 64,
    });
    // Four bytes per number, as the application requested them.
    expect(Buffer.from(answer.data[0]?.embedding as unknown as string, 'base64')).toHaveLength(64 * 4);
    expect(facts(spans.spans[0])).toMatchObject({
      'gen_ai.request.encoding_formats': ['base64'],
      'gen_ai.embeddings.dimension.count': 64,
      'gen_ai.usage.input_tokens': answer.usage.prompt_tokens,
    });
    expect(questionOf(spans.spans[0])).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'tokens', count: 3 },
          { type: 'tokens', count: 2 },
        ],
      },
    ]);
    expect(JSON.stringify(spans.spans[0]?.attributes)).not.toContain('102');
  });

  it('records parallel tool calls in a stream of Responses, with usage and time to the first chunk', async () => {
    const body = {
      model: 'gpt-4o',
      stream: true as const,
      input: 'Where are A-1001 and A-1002?',
      tools: [{ type: 'function' as const, strict: false, ...tool.function }],
    };
    const timeless = (event: unknown) =>
      JSON.stringify(event).replace(/"[a-z_]*(id|created_at)":[^,}]+/g, '');
    const expected = await readAll(await bareClient().responses.create(body));
    const seen = await readAll(await client().responses.create(body));
    expect(seen.map(timeless)).toEqual(expected.map(timeless));
    const end = seen.find((event) => event.type === 'response.completed');
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.input_tokens': end?.response.usage?.input_tokens,
      'gen_ai.usage.output_tokens': end?.response.usage?.output_tokens,
      'gen_ai.response.id': end?.response.id,
    });
    expect(span?.attributes['gen_ai.usage.output_tokens']).toBeGreaterThan(0);
    expect(Number(span?.attributes['gen_ai.response.time_to_first_chunk'])).toBeGreaterThan(0);
    expect(answerOf(span)).toMatchObject([
      {
        parts: ['A-1001', 'A-1002'].map((orderId) => ({
          type: 'tool_call',
          name: 'lookup_order',
          arguments: { orderId },
        })),
      },
    ]);
  });

  it('records images, speech, transcriptions and batches', async () => {
    const openai = client();
    await openai.images.generate({ model: 'gpt-image-1', prompt: 'A red dot' });
    const said = await openai.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: 'alloy',
      input: 'Hello',
    });
    expect((await said.arrayBuffer()).byteLength).toBe(50);
    const file = new File(['RIFF'], 'capital of France.wav', { type: 'audio/wav' });
    const heard = await openai.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file });
    expect(heard.text).toBe('Paris is the capital of France.');
    await readAll(
      await openai.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file, stream: true }),
    );
    const batch = await openai.batches.create({
      endpoint: '/v1/chat/completions',
      input_file_id: 'file_1',
      completion_window: '24h',
    });
    await openai.batches.retrieve(batch.id);
    await openai.batches.cancel(batch.id);
    const [image, speech, transcription, streamed, created, read, ended] = spans.spans;
    expect(facts(image)).toMatchObject({
      name: 'generate_content gpt-image-1',
      'gen_ai.output.type': 'image',
      'gen_ai.usage.output_tokens': 272,
      'gen_ai.usage.text.input_tokens': 3,
    });
    expect(answerOf(image)).toMatchObject([
      { parts: [{ type: 'blob', modality: 'image', mime_type: 'image/png' }] },
    ]);
    expect(facts(speech)).toMatchObject({
      'gen_ai.output.type': 'speech',
      'openai.request.audio.voice': 'alloy',
      'openai.response.audio.content_type': 'audio/mpeg',
    });
    for (const span of [transcription, streamed]) {
      expect(facts(span)).toMatchObject({
        name: 'generate_content gpt-4o-transcribe',
        'gen_ai.usage.input_tokens': 24,
        'gen_ai.usage.audio.input_tokens': 20,
        'gen_ai.usage.output_tokens': 8,
      });
      expect(answerOf(span)).toMatchObject([{ parts: [{ content: 'Paris is the capital of France.' }] }]);
      expect(questionOf(span)).toMatchObject([{ parts: [{ name: 'capital of France.wav', size: 4 }] }]);
    }
    expect(facts(created)).toMatchObject({
      name: 'batches.create',
      kind: 'span',
      'openai.batch.id': batch.id,
    });
    expect(facts(read)).toMatchObject({ name: 'batches.retrieve', 'openai.batch.status': 'completed' });
    expect(facts(ended)).toMatchObject({ name: 'batches.cancel', 'openai.batch.status': 'cancelling' });
  });

  it('records text completions, edited images, streamed images and translations', async () => {
    const openai = client();
    const file = new File(['RIFF'], 'capital of France.wav', { type: 'audio/wav' });
    await openai.completions.create({ model: 'gpt-4o', prompt: 'capital of France', max_tokens: 20 });
    await openai.images.edit({
      model: 'gpt-image-1',
      prompt: 'A red dot',
      image: new File(['PNG'], 'dot.png', { type: 'image/png' }),
    });
    await readAll(await openai.images.generate({ model: 'gpt-image-1', prompt: 'A red dot', stream: true }));
    await openai.audio.translations.create({ model: 'whisper-1', file });
    const [completed, edited, drawn, translated] = spans.spans;
    expect(facts(completed)).toMatchObject({
      name: 'text_completion gpt-4o',
      kind: 'llm',
      'gen_ai.request.max_tokens': 20,
      'gen_ai.usage.input_tokens': 6,
      'gen_ai.usage.output_tokens': 8,
      'gen_ai.response.finish_reasons': ['stop'],
    });
    expect(questionOf(completed)).toMatchObject([
      { role: 'user', parts: [{ content: 'capital of France' }] },
    ]);
    expect(answerOf(completed)).toMatchObject([{ parts: [{ content: 'Paris is the capital of France.' }] }]);
    expect(questionOf(edited)).toMatchObject([
      { parts: [{ content: 'A red dot' }, { name: 'dot.png', size: 3 }] },
    ]);
    expect(facts(drawn)).toMatchObject({
      'gen_ai.usage.output_tokens': 272,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
    expect(answerOf(drawn)).toMatchObject([{ parts: [{ type: 'blob', modality: 'image' }] }]);
    expect(facts(translated)).toMatchObject({
      name: 'generate_content whisper-1',
      'gen_ai.usage.output_tokens': 8,
    });
  });
});
