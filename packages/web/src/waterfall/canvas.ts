/** Makes a canvas as sharp as the screen and gives its context in CSS pixels; null where there is nothing to draw on. */
export function prepareCanvas(
  canvas: HTMLCanvasElement | null,
  widthPx: number,
  heightPx: number,
): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d');
  if (!canvas || !context || widthPx <= 0 || heightPx <= 0) return null;
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const [width, height] = [Math.round(widthPx * ratio), Math.round(heightPx * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
