import type { Assistant } from './assistant.ts';
import { infer } from './converse.ts';
import { createPng } from './png.ts';
import { inSpan, valueAttributes } from './telemetry/spans.ts';

/** Looks at the photograph of a damaged parcel. The model call carries the image. */
export function assessDamage(assistant: Assistant, note: string, model: string): Promise<string> {
  return inSpan(assistant.tracer, 'assess_damage', 'CHAIN', valueAttributes('input', note), async (span) => {
    const photo = createPng(48, 32, (x, y) => (Math.abs(x - y) < 3 ? [60, 40, 30] : [196, 164, 112]));
    const { text } = await infer(assistant, {
      model,
      system: 'You describe damage on photographs of parcels.',
      messages: [{ role: 'user', text: note, imageUrl: `data:image/png;base64,${photo.toString('base64')}` }],
      tools: [],
      stream: true,
    });
    span.setAttributes(valueAttributes('output', text));
    return text;
  });
}
