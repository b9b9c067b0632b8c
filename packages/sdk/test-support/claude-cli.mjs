/*
 * Replaces the command line program that Claude's Agent SDK starts. It speaks the same protocol of JSON lines and
 * responds to every prompt with a tool call and a text, in the order in which the real program streams them.
 */
import { createInterface } from 'node:readline';

const send = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const common = { session_id: 'session-9', parent_tool_use_id: null };
const usage = (input_tokens, output_tokens, cache_read_input_tokens) => ({
  input_tokens,
  output_tokens,
  cache_read_input_tokens,
  cache_creation_input_tokens: 0,
});
const assistant = (id, content, used, more = {}) => ({
  type: 'assistant',
  ...common,
  uuid: `uuid-${id}-${content[0].type}`,
  message: {
    id,
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content,
    stop_reason: null,
    usage: used,
  },
  ...more,
});

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.type === 'control_request') {
    const { request_id } = message;
    send({
      type: 'control_response',
      response: { subtype: 'success', request_id, response: { commands: [], models: [] } },
    });
    return;
  }
  if (message.type !== 'user') return;
  send({
    type: 'system',
    subtype: 'init',
    ...common,
    uuid: 'uuid-init',
    model: 'claude-sonnet-4-5',
    cwd: process.cwd(),
    tools: ['Read'],
    mcp_servers: [],
    apiKeySource: 'none',
    permissionMode: 'default',
    slash_commands: [],
    claude_code_version: '2.0.0',
    output_style: 'default',
  });
  send(assistant('msg-1', [{ type: 'text', text: 'I look.' }], usage(20, 9, 100)));
  const input = { file_path: 'orders.md' };
  send(assistant('msg-1', [{ type: 'tool_use', id: 'toolu-1', name: 'Read', input }], usage(20, 9, 100)));
  setTimeout(() => {
    const content = [{ type: 'tool_result', tool_use_id: 'toolu-1', content: 'A-1001 shipped' }];
    send({ type: 'user', ...common, uuid: 'uuid-u', message: { role: 'user', content } });
    send(assistant('msg-2', [{ type: 'text', text: 'It has shipped.' }], usage(30, 5, 120)));
    send({
      type: 'result',
      subtype: 'success',
      ...common,
      uuid: 'uuid-r',
      is_error: false,
      num_turns: 2,
      duration_ms: 30,
      duration_api_ms: 20,
      result: 'It has shipped.',
      total_cost_usd: 0.0042,
      usage: usage(50, 14, 220),
      modelUsage: {},
      permission_denials: [],
    });
  }, 20);
});
process.stdin.on('end', () => process.exit(0));
