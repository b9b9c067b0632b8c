import { exactUsd } from '@throughline/spans';
import type { NewPrice, Price } from '../contract/price.ts';
import { type ApiTarget, CliError, callApi, getFromApi } from './api-client.ts';
import { formatTable } from './table.ts';
import { printable, type Terminal } from './terminal.ts';

/** What `prices set` gets from the command line. */
export interface SetPriceOptions {
  readonly provider?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly input: number;
  readonly output: number;
  readonly cachedInput?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly cacheWrite1h?: number | undefined;
  readonly reasoning?: number | undefined;
  readonly audioInput?: number | undefined;
  readonly audioOutput?: number | undefined;
  readonly perRequest?: number | undefined;
  /** `batch=0.5` */
  readonly tier: readonly string[];
  /** `200000:input=6,output=22.5` */
  readonly above: readonly string[];
}

/** Lists the prices that the project has set. */
export async function listPrices(terminal: Terminal, target: ApiTarget, json: boolean): Promise<void> {
  const prices = await readPrices(target);
  if (json) return terminal.out(`${JSON.stringify({ prices })}\n`);
  if (prices.length === 0)
    return terminal.out(
      'The project has set no prices, so the price table applies. "throughline prices set --help" explains how to set one.\n',
    );
  terminal.out(
    formatTable<Price>(
      [
        { title: 'MODEL', text: ({ model }) => printable(model, 60) },
        { title: 'PROVIDER', text: ({ provider }) => printable(provider ?? 'any', 30) },
        { title: 'INPUT', align: 'right', text: ({ usdPerMillion }) => exactUsd(usdPerMillion.input) },
        { title: 'OUTPUT', align: 'right', text: ({ usdPerMillion }) => exactUsd(usdPerMillion.output) },
        { title: 'FROM', text: ({ from }) => from?.slice(0, 19) ?? '' },
        { title: 'TO', text: ({ to }) => to?.slice(0, 19) ?? '' },
        { title: 'ID', text: ({ id }) => id },
      ],
      prices,
    ),
  );
}

/** Sets a price, or replaces the one for the same model, provider and start. */
export async function setPrice(
  terminal: Terminal,
  target: ApiTarget,
  model: string,
  options: SetPriceOptions,
  json: boolean,
): Promise<void> {
  const body = toPrice(model, options);
  const known = (await readPrices(target)).find((price) => isSamePlace(price, body));
  const path = known === undefined ? '/prices' : `/prices/${known.id}`;
  const method = known === undefined ? 'POST' : 'PUT';
  const response = await callApi(target, path, {}, { method, body });
  const price = (await response.json()) as Price;
  if (json) return terminal.out(`${JSON.stringify(price)}\n`);
  terminal.out(
    `${known === undefined ? 'Set' : 'Replaced'} the price of ${printable(price.model, 100)} (id ${price.id}). ` +
      'It applies to calls that arrive from now on; "throughline reprice" applies it to stored ones.\n',
  );
}

/** Deletes a price by its id, or by its model if that has one price. */
export async function deletePrice(terminal: Terminal, target: ApiTarget, which: string): Promise<void> {
  const prices = await readPrices(target);
  const found = prices.filter(({ id, model }) => id === which || model.toLowerCase() === which.toLowerCase());
  const [price] = found;
  if (price === undefined) throw new CliError(`The project has set no price for "${which}".`);
  if (found.length > 1)
    throw new CliError(
      `There are ${found.length} prices for "${which}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`,
      2,
    );
  await callApi(target, `/prices/${price.id}`, {}, { method: 'DELETE' });
  terminal.out(`Deleted the price of ${printable(price.model, 100)}.\n`);
}

async function readPrices(target: ApiTarget): Promise<readonly Price[]> {
  const response = await getFromApi(target, '/prices');
  return ((await response.json()) as { prices: Price[] }).prices;
}

type PriceBody = Omit<NewPrice, 'from' | 'to'> & { readonly from: string | null; readonly to: string | null };

/** @throws CliError if a value cannot be parsed; the server checks everything else */
export function toPrice(model: string, options: SetPriceOptions): PriceBody {
  const { provider, from, to, perRequest, tier, above, ...prices } = options;
  const given = Object.entries(prices).filter(([, usd]) => usd !== undefined);
  return {
    model,
    provider: provider ?? null,
    from: from ?? null,
    to: to ?? null,
    usdPerMillion: Object.fromEntries(given) as NewPrice['usdPerMillion'],
    usdPerRequest: perRequest ?? null,
    serviceTiers: Object.fromEntries(tier.map((text) => pairOf('--tier', text))),
    tiers: above.map((text) => {
      const [start = '', pairs = ''] = text.split(':');
      const aboveInputTokens = Number(start);
      if (!Number.isInteger(aboveInputTokens) || aboveInputTokens < 1 || pairs === '')
        throw new CliError(
          `--above ${text}: expected tokens and prices, such as 200000:input=6,output=22.5`,
          2,
        );
      return {
        aboveInputTokens,
        ...Object.fromEntries(pairs.split(',').map((pair) => pairOf('--above', pair))),
      };
    }),
  };
}

function pairOf(option: string, text: string): readonly [string, number] {
  const [name = '', value = ''] = text.split('=');
  const number = Number(value);
  if (name.trim() === '' || value.trim() === '' || !Number.isFinite(number))
    throw new CliError(`${option} ${text}: expected a name and a number, such as batch=0.5`, 2);
  return [name.trim(), number];
}

function isSamePlace(price: Price, body: PriceBody): boolean {
  const instant = (time: string | null) => (time === null ? null : Date.parse(time));
  return (
    price.model.toLowerCase() === body.model.trim().toLowerCase() &&
    (price.provider ?? '').toLowerCase() === (body.provider ?? '').trim().toLowerCase() &&
    instant(price.from) === instant(body.from)
  );
}
