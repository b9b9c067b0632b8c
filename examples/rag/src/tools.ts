/** A tool that the model can call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** Parameters of the tool, as JSON Schema. */
  readonly parameters: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, { readonly type: string; readonly description: string }>>;
    readonly required: readonly string[];
  };
  /** Throws if the system behind the tool fails. */
  readonly run: (args: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

const STATES = ['packed', 'shipped', 'delivered', 'waiting for payment', 'returned'];
const CARRIERS = ['Northpost', 'Velo Express', 'Harbour Line'];

export const lookupOrder: ToolDefinition = {
  name: 'lookup_order',
  description: 'Finds the status, carrier and value of one order by its number',
  parameters: {
    type: 'object',
    properties: { orderId: { type: 'string', description: 'Number of the order, such as A-1001' } },
    required: ['orderId'],
  },
  run: async ({ orderId }) => {
    const [, series = '', digits = ''] = /^([A-Z])-(\d{4})$/.exec(String(orderId)) ?? [];
    if (series === '')
      throw new OrderError(`Expected an order number such as A-1001, found ${String(orderId)}`);
    await pause(15 + (Number(digits) % 20));
    // Simulates a database of old orders that cannot be reached.
    if (series === 'X')
      throw new OrderError(`Order store "archive" refused the connection while reading ${String(orderId)}`);
    const number = Number(digits);
    return {
      orderId,
      status: STATES[number % STATES.length],
      carrier: CARRIERS[number % CARRIERS.length],
      valueEuros: 20 + ((number * 37) % 400),
    };
  },
};

export const calculate: ToolDefinition = {
  name: 'calculate',
  description: 'Calculates an arithmetic expression',
  parameters: {
    type: 'object',
    properties: { expression: { type: 'string', description: 'Such as 19.90 + 2 * 4.90' } },
    required: ['expression'],
  },
  run: async ({ expression }) => ({ expression, result: evaluate(String(expression)) }),
};

class OrderError extends Error {
  override readonly name = 'OrderError';
}

/** Evaluates sums and products of numbers with the usual precedence. Does not support brackets. */
function evaluate(expression: string): number {
  const terms = expression.match(/[-+]?[^-+]+/g) ?? [];
  const value = terms.reduce((sum, term) => {
    const factors = term.match(/[*/]?\s*[-+]?\s*[\d.]+/g) ?? [];
    const product = factors.reduce((left, factor, index) => {
      const right = Number(factor.replace(/[*/\s]/g, ''));
      if (index === 0) return right;
      return factor.trim().startsWith('/') ? left / right : left * right;
    }, 0);
    return sum + product;
  }, 0);
  if (!Number.isFinite(value))
    throw new RangeError(`Expected a finite result, found ${value} for ${expression}`);
  return Math.round(value * 100) / 100;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
