import { chain } from '@throughline/sdk';
import type { Assistant } from './assistant.ts';
import { infer } from './converse.ts';
import { createPng } from './png.ts';

/** Describes the photograph of a damaged parcel. The model call contains the image. */
export const assessDamage = chain(
  async (assistant: Assistant, note: string, model: string): Promise<string> => {
    const photo = createPng(48, 32, (x, y) => (Math.abs(x - y) < 3 ? [60, 40, 30] : [196, 164, 112]));
    const { text } = await infer(assistant, {
      model,
      system: 'You describe damage on photographs of parcels.',
      messages: [{ role: 'user', text: note, imageUrl: `data:image/png;base64,${photo.toString('base64')}` }],
      tools: [],
      stream: true,
    });
    return text;
  },
  { name: 'assess_damage', input: (_assistant, note) => note },
);
