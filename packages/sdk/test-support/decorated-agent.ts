import type * as Sdk from '../src/index.ts';

/** Uses standard decorators, which Node cannot run yet: the test compiles this file and passes in the SDK. */
export function decoratedAgent({ observe, tool }: typeof Sdk) {
  return class Agent {
    readonly name = 'Ann';
    @observe({ kind: 'agent' })
    async run(question: string) {
      return `${this.name}: ${question} ${Agent.double(2)}`;
    }
    @tool()
    static double(n: number) {
      return n * 2;
    }
  };
}
