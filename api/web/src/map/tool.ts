// A tool that has the clicks of a map while it is in use.
import type { Map as GLMap } from 'maplibre-gl';
import type { LonLat } from '../state';

export interface Tool {
  tap(at: LonLat): void;
  hover?(at: LonLat): void;
  left(): void; // the clicks are the map's again, or another tool's
}

type At = { lngLat: { lng: number; lat: number } };

/**
 * Gives clicks, the mouse and two keys of a map to a tool, until the function that comes back is called: Enter taps the
 * middle of what can be seen, Escape leaves.
 */
export function handTo(map: GLMap, tool: Tool, middle: () => LonLat, leave: () => void): () => void {
  const canvas = map.getCanvas();
  const tap = ({ lngLat }: At): void => tool.tap([lngLat.lng, lngLat.lat]);
  const hover = ({ lngLat }: At): void => {
    tool.hover?.([lngLat.lng, lngLat.lat]);
    canvas.style.cursor = 'crosshair';
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') tool.tap(middle());
    else if (event.key === 'Escape') leave();
  };
  map.on('click', tap);
  map.on('mousemove', hover);
  canvas.addEventListener('keydown', key);
  return () => {
    map.off('click', tap);
    map.off('mousemove', hover);
    canvas.removeEventListener('keydown', key);
    canvas.style.cursor = '';
  };
}
