import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { StoreDamage } from '../clickhouse/store-damage.ts';
import { problem } from '../contract/problem.ts';
import { storeDamage } from '../contract/store-damage.ts';

export interface StoreDamageRouteParts {
  readonly damage: Pick<StoreDamage, 'parts'>;
}

export const storeDamageRoute: FastifyPluginAsyncZod<StoreDamageRouteParts> = async (app, { damage }) => {
  app.get(
    '/store/damage',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'getStoreDamage',
        tags: ['store'],
        summary: 'Parts of the store whose rows cannot be read',
        description:
          'Parts that the store could not read at its start and set aside, and parts in which a read found damage ' +
          'since then. `throughline doctor` says what can be done about them.',
        response: { 200: storeDamage, 500: problem },
      },
    },
    async () => ({ parts: damage.parts.map((part) => ({ ...part, rows: part.rows ?? null })) }),
  );
};
