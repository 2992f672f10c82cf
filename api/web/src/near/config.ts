import type { SmallMapConfig } from '../smallmap';
import type { LonLat } from '../state';

/** Twin of nearConfig in near.go. */
export interface NearConfig {
  at?: LonLat; // where the walks begin
  places?: { at: LonLat; name: string }[];
  pick?: [west: number, south: number, east: number, north: number]; // somebody points out where they are
  texts: Record<'waiting' | 'stop' | 'begin' | 'offline' | 'busy' | 'cut' | 'noMap' | 'mapFails' | 'retry', string>;
  map: SmallMapConfig;
}

/** What the server says in a page, this one or one that was asked for. */
export const readConfig = (page: Document): NearConfig => JSON.parse(page.getElementById('config')!.textContent!);

/** The side of the twins that a phone shows at an address. */
export const sideOf = (address: string): 'map' | 'list' => (new URL(address).searchParams.get('view') === 'map' ? 'map' : 'list');

/** What is listed at an address, whichever side is shown. */
export function listOf(address: string): string {
  const { searchParams } = new URL(address);
  searchParams.delete('view');
  return String(searchParams);
}
