/** A red pixel. */
export const PNG_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
export const PNG_URL = `data:image/png;base64,${PNG_BASE64}`;

export const SYSTEM = 'You answer in one short sentence.';

/** A prompt that is long enough for providers to cache it. */
export const HANDBOOK = `${SYSTEM}\n${'Returns are free within thirty days if the goods are unused. '.repeat(120)}`;

export const WEATHER_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, unit: { type: 'string' as const, enum: ['c', 'f'] } },
  required: ['city'],
};
