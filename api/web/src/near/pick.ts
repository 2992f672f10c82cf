// The map on which somebody points out where they are: by a tap, or with the cross in
// its middle, which keys move too.
import type { Map as GLMap } from 'maplibre-gl';
import { fit, smallMap } from '../smallmap';
import type { LonLat } from '../state';
import type { NearConfig } from './config';

export async function pick(config: NearConfig): Promise<void> {
  const [west, south, east, north] = config.pick!;
  const map: GLMap = await smallMap(document.getElementById('map-box')!, config.map, [(west + east) / 2, (south + north) / 2], { marked: false, scrolls: false });
  fit(map, [[west, south], [east, north]]);
  const take = ({ lng, lat }: { lng: number; lat: number }): void => location.assign(pointed([lng, lat]));
  map.on('click', (event) => take(event.lngLat));
  const button = document.getElementById('map-take') as HTMLButtonElement;
  button.addEventListener('click', () => take(map.getCenter()));
  button.disabled = false;
  map.getContainer().classList.add('crossed');
  Object.assign(window, { gridatlas: { map } });
}

/** The address of the same question from a point of the map. */
export function pointed([lon, lat]: LonLat): string {
  const query = new URLSearchParams(location.search);
  for (const name of ['q', 'in', 'from', 'datum', 'accuracy', 'n', 'pick']) query.delete(name);
  query.set('lon', lon.toFixed(6));
  query.set('lat', lat.toFixed(6));
  query.set('by', 'point');
  return `/near?${query}`;
}
