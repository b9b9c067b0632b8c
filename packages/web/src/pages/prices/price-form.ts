import type { NewPrice, Price } from '../../api/types.ts';

/** Classes of tokens with a price of their own, in the order of the form. */
export const PRICE_FIELDS = [
  { name: 'input', label: 'Input' },
  { name: 'output', label: 'Output' },
  { name: 'cachedInput', label: 'Cached input' },
  { name: 'cacheWrite', label: 'Cache write, 5 min' },
  { name: 'cacheWrite1h', label: 'Cache write, 1 h' },
  { name: 'reasoning', label: 'Reasoning' },
  { name: 'audioInput', label: 'Audio input' },
  { name: 'audioOutput', label: 'Audio output' },
] as const;

export type PriceField = (typeof PRICE_FIELDS)[number]['name'];

/** What the fields of the form contain. */
export interface PriceForm {
  readonly model: string;
  readonly provider: string;
  readonly from: string;
  readonly to: string;
  readonly prices: Readonly<Record<PriceField, string>>;
  readonly perRequest: string;
  /** `batch=0.5, flex=0.5` */
  readonly serviceTiers: string;
  /** One line for each tier: `200000: input=6, output=22.5` */
  readonly tiers: string;
}

const NO_PRICES: PriceForm['prices'] = {
  input: '',
  output: '',
  cachedInput: '',
  cacheWrite: '',
  cacheWrite1h: '',
  reasoning: '',
  audioInput: '',
  audioOutput: '',
};

export function emptyForm(
  model = '',
  provider = '',
  prices: Partial<Record<PriceField, number>> = {},
): PriceForm {
  return {
    model,
    provider,
    from: '',
    to: '',
    prices: { ...NO_PRICES, ...textsOf(prices) },
    perRequest: '',
    serviceTiers: '',
    tiers: '',
  };
}

export function formOf(price: Price): PriceForm {
  const { model, provider, from, to, usdPerMillion, usdPerRequest, serviceTiers, tiers } = price;
  return {
    ...emptyForm(model, provider ?? '', usdPerMillion),
    from: shortTime(from),
    to: shortTime(to),
    perRequest: usdPerRequest === null ? '' : String(usdPerRequest),
    serviceTiers: printPairs(serviceTiers),
    tiers: tiers
      .map(({ aboveInputTokens, ...prices }) => `${aboveInputTokens}: ${printPairs(prices)}`)
      .join('\n'),
  };
}

/** A form that cannot be sent, with what has to be corrected. */
export interface FormProblem {
  readonly problem: string;
}

/** The request of a form. The server checks everything else. */
export function requestOf(form: PriceForm): NewPrice | FormProblem {
  try {
    const usdPerMillion: Partial<Record<PriceField, number>> = {};
    for (const { name, label } of PRICE_FIELDS) {
      const price = numberOf(label, form.prices[name]);
      if (price !== undefined) usdPerMillion[name] = price;
    }
    const { input, output, ...others } = usdPerMillion;
    if (form.model.trim() === '') throw new FieldError('Enter the name of the model.');
    if (input === undefined) throw new FieldError('Enter the price of input. Write 0 if it is free.');
    if (output === undefined)
      throw new FieldError('Enter the price of output. Write 0 if the model has no output.');
    return {
      model: form.model.trim(),
      provider: form.provider.trim() || null,
      from: form.from.trim() || null,
      to: form.to.trim() || null,
      usdPerMillion: { input, output, ...others },
      usdPerRequest: numberOf('Per request', form.perRequest) ?? null,
      serviceTiers: parsePairs('Service tiers', form.serviceTiers),
      tiers: form.tiers
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map(tierOf),
    };
  } catch (error) {
    if (error instanceof FieldError) return { problem: error.message };
    throw error;
  }
}

class FieldError extends Error {}

function tierOf(line: string): NonNullable<NewPrice['tiers']>[number] {
  const [start = '', prices = ''] = line.split(':');
  const aboveInputTokens = numberOf('Long prompts', start.replaceAll(/[,_ ]/g, ''));
  if (aboveInputTokens === undefined)
    throw new FieldError('Long prompts: start each line with a number of tokens, such as 200000: input=6');
  return { aboveInputTokens, ...parsePairs('Long prompts', prices) };
}

function numberOf(label: string, text: string): number | undefined {
  const trimmed = text.trim().replace(/^\$/, '');
  if (trimmed === '') return undefined;
  const value = Number(trimmed);
  if (!Number.isFinite(value) || value < 0)
    throw new FieldError(`${label}: expected a number such as 2.50, not “${text.trim()}”.`);
  return value;
}

function parsePairs(label: string, text: string): Record<string, number> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      const number = numberOf(label, value);
      if (name.trim() === '' || number === undefined)
        throw new FieldError(`${label}: expected name=number, such as batch=0.5, not “${pair.trim()}”.`);
      return [name.trim(), number];
    }),
  );
}

function printPairs(values: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function textsOf(prices: Partial<Record<PriceField, number>>): Partial<Record<PriceField, string>> {
  return Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, String(price)]));
}

/** `2026-12-01T00:00:00.000000000Z` as `2026-12-01`, and other times without their fraction. */
function shortTime(time: string | null): string {
  return time === null ? '' : time.replace(/\.0+Z$/, 'Z').replace(/T00:00:00Z$/, '');
}
