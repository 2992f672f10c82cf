// The scale bar: the longest round length that fits in 110 pixels.
import { byId } from './dom';
import * as format from './format';
import type { View } from './map/view';

const lengths = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
const room = 110;

export function makeScale(view: View): void {
  const scale = byId('scale');
  const show = (): void => {
    const metres = view.metres(room);
    const length = lengths.filter((l) => l <= metres).pop() ?? lengths[0]!;
    scale.style.width = `${Math.round((room * length) / metres)}px`;
    scale.textContent = format.metres(length);
  };
  view.map.on('move', show);
  view.map.on('load', show);
  show();
}
