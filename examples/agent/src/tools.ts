import { tool } from '@throughline/sdk';

/** A function that the model can call, with its description for the model. */
export interface AgentTool {
  readonly name: string;
  readonly description: string;
  /** Parameters of the tool, as JSON Schema. */
  readonly parameters: Record<string, unknown>;
  /** May throw. The model then gets the error message as result. */
  readonly run: (args: Readonly<Record<string, unknown>>) => unknown;
}

const ORDERS: Readonly<Record<string, { readonly status: string; readonly valueEuros: number }>> = {
  'A-1001': { status: 'shipped', valueEuros: 41.5 },
  'A-1002': { status: 'waiting for payment', valueEuros: 20 },
};

async function lookUpOrder({ orderId }: Readonly<Record<string, unknown>>) {
  const order = Object.hasOwn(ORDERS, String(orderId)) ? ORDERS[String(orderId)] : undefined;
  if (order === undefined) throw new RangeError(`Expected a known order, found ${String(orderId)}`);
  return { orderId, ...order };
}

function add({ expression }: Readonly<Record<string, unknown>>) {
  const result = String(expression)
    .split('+')
    .reduce((sum, term) => sum + Number(term), 0);
  if (Number.isNaN(result)) throw new SyntaxError(`Expected a sum, found ${String(expression)}`);
  return { expression, result };
}

/** The tools are wrapped in `tool`, which records each call as a span with its arguments and its result or error. */
export const TOOLS: readonly AgentTool[] = [
  {
    name: 'lookup_order',
    description: 'Finds the status and value of one order by its number',
    parameters: {
      type: 'object',
      properties: { orderId: { type: 'string', description: 'Such as A-1001' } },
      required: ['orderId'],
    },
    run: tool(lookUpOrder, { name: 'lookup_order' }),
  },
  {
    name: 'add',
    description: 'Adds numbers',
    parameters: {
      type: 'object',
      properties: { expression: { type: 'string', description: 'Such as 19.90 + 4.90' } },
      required: ['expression'],
    },
    run: tool(add, { name: 'add' }),
  },
];
