// The categories of the list: what each asks the server for, and into which of
// them a place falls.
import type { Text } from './i18n';
import type { Place } from './types';
import { fieldsOf, kindField, valuesOf, type Field } from './catalog';

export interface Category {
  id: string;
  chip: Text; // short, for the row of chips
  title: Text;
  layer?: string; // a whole layer
  kinds?: string[]; // kinds of facilities
}

export const categories: Category[] = [
  { id: 'repair', chip: 'chip.repair', title: 'category.repair', layer: 'booths' },
  { id: 'shelter', chip: 'chip.shelter', title: 'category.shelter', layer: 'shelters' },
  { id: 'parking', chip: 'chip.parking', title: 'category.parking', layer: 'parking' },
  { id: 'charging', chip: 'chip.charging', title: 'category.charging', kinds: ['charging_shed', 'charger'] },
  { id: 'station', chip: 'chip.station', title: 'category.station', kinds: ['station', 'contact_point', 'mediation', 'enforcement', 'pavilion', 'government', 'police'] },
  { id: 'health', chip: 'chip.health', title: 'category.health', kinds: ['clinic', 'hospital', 'pharmacy'] },
  { id: 'care', chip: 'chip.care', title: 'category.care', kinds: ['elder_care', 'kindergarten', 'school'] },
  { id: 'daily', chip: 'chip.daily', title: 'category.daily', kinds: ['market', 'stall_group', 'supermarket', 'canteen', 'restaurant', 'shop'] },
  { id: 'leisure', chip: 'chip.leisure', title: 'category.leisure', kinds: ['fitness', 'sports', 'park', 'culture'] },
  { id: 'transit', chip: 'chip.transit', title: 'category.transit', kinds: ['bus_stop', 'station_rail'] },
  { id: 'civic', chip: 'chip.civic', title: 'category.civic', kinds: ['bank', 'post', 'toilet', 'other'] },
];

export const all: Category = { id: 'all', chip: 'chip.all', title: 'category.all' };

/** What a coverage is of when nobody said: of everything at once it would say nothing. */
export const fallbackCategory = categories[0]!;

export const categoryOf = (id: string): Category => categories.find((c) => c.id === id) ?? all;

/** The words of `of`. Parking spaces come by the hundred and are asked for by name only. */
export function wordsOf(category: Category): string[] {
  if (category.layer) return [category.layer];
  if (category.kinds) return category.kinds.map((kind) => `facilities.${kind}`);
  return ['booths', 'shelters', 'facilities'];
}

/** The field that tells the kinds of a category apart, and those of its terms that belong to it. */
export function kindsOf(category: Category): { field: Field | undefined; kinds: string[] } {
  const layer = category.layer ?? 'facilities';
  const field = fieldsOf(layer).find((f) => f.name === kindField(layer));
  return { field, kinds: category.kinds ?? Object.keys(field?.terms ?? {}) };
}

/** The words of `of` for one kind of a category; an empty kind means all of it. */
export const wordsOfKind = (category: Category, kind: string): string[] => (kind ? [`${category.layer ?? 'facilities'}.${kind}`] : wordsOf(category));

export function categoryOfPlace(place: Place): Category {
  const byLayer = categories.find((c) => c.layer === place.layer);
  if (byLayer) return byLayer;
  const kinds = valuesOf(place.kind);
  return categories.find((c) => c.kinds?.some((kind) => kinds.includes(kind))) ?? categories[categories.length - 1]!;
}
