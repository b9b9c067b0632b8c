import type * as Sdk from '../src/index.ts';

/** Standard decorators, which Node does not run as written: the test has this file compiled and passes the SDK in. */
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
