import { type Json, number, record } from '../../core/json.ts';
import type { Integration } from '../../patch/integration.ts';
import { memberAt } from '../../patch/patch.ts';
import type { ModelCall } from '../model-call.ts';
import type { Operation } from '../operation.ts';
import { wrapCall } from '../wrap-call.ts';
import { converse, converseStream } from './converse.ts';
import { invokeModel, jsonOf } from './invoke-model.ts';

interface CommandRow {
  readonly body: (input: Json) => Json;
  readonly operation: (body: Json) => Operation;
}

const withModel = (input: Json): Json => ({ ...input, model: input.modelId });
const sentBody = (input: Json): Json => ({ ...jsonOf(input.body), model: input.modelId });

/** Supported commands, by the name of their class. */
const COMMANDS: Readonly<Record<string, CommandRow | undefined>> = {
  ConverseCommand: { body: withModel, operation: () => converse },
  ConverseStreamCommand: { body: withModel, operation: () => converseStream },
  InvokeModelCommand: { body: sentBody, operation: (body) => invokeModel(body, false) },
  InvokeModelWithResponseStreamCommand: {
    body: sentBody,
    operation: (body) => invokeModel(body, true),
  },
};

/** The package `@aws-sdk/client-bedrock-runtime`: Converse and InvokeModel, with and without streaming. */
export const bedrock: Integration = {
  name: 'bedrock',
  package: '@aws-sdk/client-bedrock-runtime',
  supported: '>=3.600.0 <4.0.0',
  kind: 'provider',
  patch: (exports) => {
    wrapSend(memberAt(exports, ['BedrockRuntimeClient', 'prototype']));
    return undefined;
  },
  client: {
    recognises: (value) =>
      memberAt(value, ['config', 'serviceId']) === 'Bedrock Runtime' &&
      typeof memberAt(value, ['send']) === 'function',
    instrument: wrapSend,
  },
};

function wrapSend(target: unknown): void {
  wrapCall(target, {
    method: 'send',
    where: '@aws-sdk/client-bedrock-runtime send',
    operation: (args) => {
      // With a callback, the client returns no promise that could be observed.
      if (args.slice(1).some((arg) => typeof arg === 'function')) return undefined;
      const row = rowOf(args);
      return row?.operation(row.body(inputOf(args)));
    },
    body: (args) => rowOf(args)?.body(inputOf(args)) ?? {},
    destination: () => ({ provider: 'aws.bedrock' }),
    part: (output, call) => partOf(record(output), call),
  });
}

function rowOf([command]: readonly unknown[]): CommandRow | undefined {
  const name = record(record(command).constructor).name;
  return typeof name === 'string' && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

function inputOf([command]: readonly unknown[]): Json {
  return record(record(command).input);
}

/** Returns the stream of an output, or the output itself. Also records the number of attempts and the request id. */
function partOf(output: Json, call: ModelCall): unknown {
  const attempts = number(record(output.$metadata).attempts);
  if (attempts !== undefined) call.noteAttempts(attempts);
  const { requestId } = record(output.$metadata);
  if (typeof requestId === 'string') call.span.set({ 'aws.request_id': requestId });
  for (const member of ['stream', 'body']) {
    const part = output[member];
    if (typeof part === 'object' && part !== null && Symbol.asyncIterator in part) return part;
  }
  return output;
}
