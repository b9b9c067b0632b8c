import { type Fields, field, isFields } from '../sdk-http/field-readers.ts';

/**
 * The usage of a model call, in the form of `usage_metadata`, from one of the places where LangSmith looks for it: the
 * outputs, one of their fields, a LangChain message in one of their fields, or the generations of a LangChain model.
 */
export function usageOfOutputs(outputs: unknown): Fields | undefined {
  if (!isFields(outputs)) return undefined;
  const candidates = [outputs, ...Object.values(outputs), ...generatedMessages(outputs)];
  for (const candidate of candidates) {
    if (!isFields(candidate)) continue;
    const kwargs = field(candidate, 'kwargs');
    const usage =
      field(candidate, 'usage_metadata') ?? (isFields(kwargs) ? field(kwargs, 'usage_metadata') : undefined);
    if (isFields(usage)) return usage;
  }
  const llmOutput = field(outputs, 'llm_output');
  const older = isFields(llmOutput)
    ? (field(llmOutput, 'token_usage') ?? field(llmOutput, 'tokenUsage'))
    : undefined;
  return isFields(older) ? fromTokenUsage(older) : undefined;
}

function generatedMessages(outputs: Fields): unknown[] {
  const generations = field(outputs, 'generations');
  if (!Array.isArray(generations)) return [];
  return generations
    .flat()
    .flatMap((generation) => (isFields(generation) ? [field(generation, 'message')] : []));
}

function fromTokenUsage(usage: Fields): Fields | undefined {
  const counts = {
    input_tokens: field(usage, 'prompt_tokens') ?? field(usage, 'promptTokens'),
    output_tokens: field(usage, 'completion_tokens') ?? field(usage, 'completionTokens'),
    total_tokens: field(usage, 'total_tokens') ?? field(usage, 'totalTokens'),
  };
  return Object.values(counts).some((count) => typeof count === 'number') ? counts : undefined;
}
