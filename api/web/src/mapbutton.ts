// The button that brings a map to a page which says everything without one.
import type { Map as GLMap } from 'maplibre-gl';

/** Draws a map into its box and takes the button away; where it cannot be drawn, a sentence stands there instead. */
export async function bringMap(fails: string, draw: (box: HTMLElement, small: typeof import('./smallmap')) => Promise<GLMap>): Promise<void> {
  const button = document.getElementById('map-show')!;
  const box = document.getElementById('map-box')!;
  button.setAttribute('aria-busy', 'true');
  box.hidden = false;
  try {
    const small = await import('./smallmap');
    if (!small.canDraw()) throw new Error('no WebGL');
    const map = await draw(box, small);
    button.parentElement!.hidden = true;
    Object.assign(window, { gridatlas: { map } });
  } catch {
    box.hidden = true;
    button.parentElement!.replaceChildren(fails);
  }
}
