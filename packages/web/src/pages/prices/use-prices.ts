import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { modelPricesQuery, pricesQuery } from '../../api/queries.ts';
import type { NewPrice } from '../../api/types.ts';
import { boundsOf, printTimeRange, type TimeRange } from '../../url/time-range.ts';

/** The models of a project with their prices, the prices that it has set, and the ways to change them. */
export function usePrices(known: string | undefined, range: TimeRange) {
  const project = known ?? '';
  const query = { project };
  const client = useQueryClient();
  const models = useQuery({
    ...modelPricesQuery(project, JSON.stringify(printTimeRange(range)), () => {
      const { fromMs, toMs } = boundsOf(range, Date.now());
      return {
        from: new Date(fromMs).toISOString(),
        ...(range.kind === 'between' && { to: new Date(toMs).toISOString() }),
      };
    }),
    enabled: known !== undefined,
  });
  const own = useQuery({ ...pricesQuery(project), enabled: known !== undefined });
  const onSuccess = async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['prices', project] }),
      client.invalidateQueries({ queryKey: ['model-prices', project] }),
      // Spans explain their costs by the prices of today.
      client.invalidateQueries({ queryKey: ['span'] }),
    ]);
  };
  const save = useMutation({
    mutationFn: ({ id, price }: { readonly id: string | undefined; readonly price: NewPrice }) =>
      id === undefined
        ? answerOf(api.POST('/api/v1/prices', { params: { query }, body: price }))
        : answerOf(
            api.PUT('/api/v1/prices/{priceId}', { params: { path: { priceId: id }, query }, body: price }),
          ),
    onSuccess,
  });
  const remove = useMutation({
    mutationFn: (priceId: string) =>
      answerOf(api.DELETE('/api/v1/prices/{priceId}', { params: { path: { priceId }, query } })),
    onSuccess,
  });
  return { models, own, save, remove };
}

export type Prices = ReturnType<typeof usePrices>;
