// Titles of layers, fields and terms, from the catalog of the server.
import { config } from './config';
import { pick } from './i18n';

type Titles = readonly [string, string];

export interface Field {
  name: string;
  title: Titles;
  unit?: string;
  type: string;
  terms?: Record<string, Titles>;
  refs?: string[]; // layers whose codes the value may be
}

interface Layer {
  title: Titles;
  kind?: string;
  reports?: boolean; // residents report what is wrong there
  fields: Field[];
}

let layers: Record<string, Layer> = {};

/** Loaded once, before the first list is drawn. Without it, values stand as they are stored. */
export async function loadCatalog(): Promise<void> {
  try {
    const response = await fetch(config.catalog);
    if (response.ok) layers = await response.json();
  } catch {
    // The list is worth more than its words.
  }
}

export const layerTitle = (layer: string): string => {
  const l = layers[layer];
  return l ? pick(l.title) : layer;
};

export const fieldsOf = (layer: string): Field[] => layers[layer]?.fields ?? [];

export const isReported = (layer: string): boolean => layers[layer]?.reports ?? false;

export const kindField = (layer: string): string | undefined => layers[layer]?.kind;

export const termTitle = (field: Field | undefined, value: string): string => {
  const term = field?.terms?.[value];
  return term ? pick(term) : value;
};

/** Lists in tiles and answers come as arrays or joined by commas or spaces. */
export const valuesOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(/[,; ]+/).filter(Boolean) : [];
};

/** The kind of a feature in words: its trades, its class, at least its layer. */
export function kindTitle(layer: string, kind: unknown): string {
  const field = fieldsOf(layer).find((f) => f.name === kindField(layer));
  const words = valuesOf(kind).filter((value) => field?.terms?.[value]).map((value) => termTitle(field, value));
  return words.length > 0 && layer !== 'shelters' ? words.join(' · ') : layerTitle(layer);
}
