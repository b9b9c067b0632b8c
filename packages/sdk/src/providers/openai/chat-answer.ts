import { messagesFromResponse } from '@throughline/spans';
import { type Json, list, present, record, text, texts } from '../../core/json.ts';
import type { CallFacts } from '../operation.ts';
import { chatUsage, reportedCost } from './usage.ts';

/** Reads a complete response of Chat Completions. */
export function chatAnswer(answer: Json): CallFacts {
  const choices = list(answer.choices);
  return {
    responseId: text(answer.id),
    responseModel: text(answer.model),
    finishReasons: texts(choices.map((choice) => record(choice).finish_reason)),
    usage: chatUsage(answer.usage),
    costUsd: reportedCost(answer.usage),
    outputMessages: () => messagesFromResponse(answer) ?? [],
    attributes: present({
      'openai.response.service_tier': text(answer.service_tier),
      'openai.response.system_fingerprint': text(answer.system_fingerprint),
    }),
  };
}
