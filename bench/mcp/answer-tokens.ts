/**
 * Measures how many tokens a coding agent reads to find the most expensive failed trace of yesterday and its cause.
 * The numbers are in docs/mcp.md, and tests/mcp.test.ts checks them.
 *
 *     node --conditions=throughline-source bench/mcp/answer-tokens.ts
 */
import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import {
  CodingAgent,
  dayBefore,
  explainMostExpensiveFailure,
  shopTraces,
} from '../../tests/support/coding-agent.ts';
import { startTestServer } from '../../tests/support/start-server.ts';

const tokenizer = new Tiktoken(o200k);
const day = dayBefore(Date.now());
const server = await startTestServer('shop');
await server.send('shop', shopTraces(day));
const agent = await CodingAgent.connect(`${server.url}/mcp?project=shop`);
const explanation = await explainMostExpensiveFailure(agent, day);
const tools = (await agent.tools()).map(({ name, description, inputSchema }) => ({
  name,
  description,
  inputSchema,
}));
const rows = [
  { tool: 'tool definitions', text: JSON.stringify(tools) + agent.instructions },
  ...agent.answers,
].map(({ tool, text }) => ({ answer: tool, tokens: tokenizer.encode(text).length }));
console.table(rows);
console.log(explanation);
for (const { tool, text } of agent.answers) console.log(`\n── ${tool}\n${text}`);
await agent.close();
await server.stop();
