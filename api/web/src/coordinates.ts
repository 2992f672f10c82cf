// Coordinates in words: lines to copy, in the three datums that people here use,
// and what somebody typed.
import { readAngles } from './angles';
import { button, h, toast } from './dom';
import { datums, fromDatum, inDatum, isShifted, type Datum } from './datum';
import { t } from './i18n';
import type { LonLat } from './state';

/** Longitude and latitude to a tenth of a metre, as map services here write them. */
export const written = ([lon, lat]: LonLat): string => `${lon.toFixed(6)}, ${lat.toFixed(6)}`;

/** A line with a text and a button that copies it. */
export function copyLine(label: string, text: string): HTMLElement {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t('card.copied', { text }));
    } catch {
      toast(t('card.copy.failed'));
    }
  };
  return h('p', { class: 'copy' }, h('span', { class: 'caption' }, label), ' ', h('code', {}, text), ' ', button(t('card.copy'), () => void copy(), { class: 'link', 'aria-label': `${t('card.copy')} ${label}` }));
}

/** A place in every datum in which it has degrees of its own. */
export function coordinateLines(at: LonLat): HTMLElement[] {
  const own = isShifted(at) ? datums : datums.slice(0, 1);
  return own.map((datum) => copyLine(t(`datum.${datum}`), written(inDatum(at, datum))));
}

export interface Typed {
  datum: Datum;
  typed: LonLat; // as degrees of the datum
  at: LonLat; // on the map
}

const names: Record<string, Datum> = { wgs84: 'wgs84', cgcs2000: 'wgs84', gcj02: 'gcj02', bd09: 'bd09' };

/**
 * The places that typed degrees may mean: one for each datum, one where the datum is
 * named or where there is no shift. Longitude comes first, or second where only that
 * can be meant or where that lies in the box.
 */
export function readTyped(text: string, box: readonly [west: number, south: number, east: number, north: number]): Typed[] {
  const named = /^\s*(wgs|cgcs|gcj|bd)[\s-]?(84|2000|02|09)[\s:]+/.exec(text.normalize('NFKC').toLowerCase());
  const angles = readAngles(text.slice(named?.[0].length ?? 0))
  const datum = named ? names[named[1]! + named[2]!] : undefined;
  if (!angles || (named && !datum)) return [];
  const [first, second] = [angles[0].degrees, angles[1].degrees];
  const possible = ([lon, lat]: LonLat): boolean => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  const inBox = ([lon, lat]: LonLat): boolean => lon >= box[0] && lon <= box[2] && lat >= box[1] && lat <= box[3];
  let orders: LonLat[] = [[first, second], [second, first]];
  if (angles[0].axis === 'lat' || angles[1].axis === 'lon') orders = [[second, first]];
  else if (angles[0].axis || angles[1].axis) orders = [[first, second]];
  orders = orders.filter(possible);
  const typed = orders.find(inBox) ?? orders[0];
  if (!typed) return [];
  const meant = datum ? [datum] : isShifted(typed) ? datums : datums.slice(0, 1);
  return meant.map((d) => ({ datum: d, typed, at: fromDatum(typed, d) }));
}
