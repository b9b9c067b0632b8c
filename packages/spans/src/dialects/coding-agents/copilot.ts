import { converted, count, inScope, json, number, text } from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

const GEMINI = /gemini-cli/;

/*
 * Additions of GitHub Copilot and Gemini CLI to OpenTelemetry's conventions. `github.copilot.cost` is a multiplier and
 * `github.copilot.nano_aiu` counts units of a subscription: neither is money. Input tokens include cached tokens.
 * Source: github/docs `cli-command-reference.md`, microsoft/vscode-docs `monitoring-agents.md`, gemini-cli `docs/cli/telemetry.md`.
 */
export const copilot: Dialect = {
  name: 'copilot',
  title: 'GitHub Copilot and Gemini CLI',
  describes: 'spans of GitHub Copilot (CLI and VS Code) and of Gemini CLI',

  facts: {
    // In milliseconds on spans, unlike the metric of this name.
    ttftMs: converted(number('copilot_chat.time_to_first_token'), (ms) => (ms < 0 ? undefined : ms)),
    userId: text('enduser.pseudo.id'),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: { cacheReadTokens: inScope(GEMINI, count('gen_ai.usage.cached_input_tokens')) },
  },
  content: {
    toolCallId: text('gen_ai.tool.call_id'),
    toolArguments: inScope(GEMINI, json('input-json')),
    toolResult: inScope(GEMINI, json('output-json')),
  },
  inputText: { keys: ['input-json'] },
  outputText: { keys: ['output-json'] },
};
