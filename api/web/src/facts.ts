// What a feature says of itself, in words: titles, states and values. Cards are made
// of it, those of the server's answers and those of tiles alike.
import { fieldsOf, kindField, termTitle, valuesOf, type Field } from './catalog';
import { h } from './dom';
import * as format from './format';
import { languageIndex, t } from './i18n';
import type { BoothState, Reached } from './types';

export const services = new Set(['booths', 'shelters', 'facilities', 'parking']);
export const phoneFields = ['phone', 'duty_phone'];
/** Fields that the card says in its own way, or that say nothing to visitors. */
const saidElsewhere = new Set(['name', 'code', 'from', 'until', 'landmark', 'address', 'status', 'status_at', 'back_at', 'hours_today', 'state', 'hours', 'reason', 'for', 'photo', ...phoneFields]);

/** What a feature has to say in its fields, beside what cards say in their own way. */
export function rowsOf(layer: string, p: Record<string, unknown>): { field: Field; value: string }[] {
  const rows = fieldsOf(layer)
    .filter((field) => !saidElsewhere.has(field.name))
    .map((field) => ({ field, value: fieldValue(field, p[field.name]) }))
    .filter((row) => row.value !== '');
  for (const name of phoneFields) {
    const field = fieldsOf(layer).find((f) => f.name === name);
    const value = p[name];
    if (field && typeof value === 'string' && value !== '') rows.unshift({ field, value });
  }
  return rows;
}

/** 14号楼 for the number 14; words stand as they are. */
export const buildingNumber = (number: string): string => (/^\d+$/.test(number) ? t('card.building', { number }) : number);

export function titleOf(layer: string, p: Record<string, unknown>, kind: string): string {
  if (typeof p.name === 'string' && p.name !== '') return p.name;
  if (layer === 'buildings' && typeof p.number === 'string' && p.number !== '') return buildingNumber(p.number);
  return layer === 'buildings' || services.has(layer) ? kind : t('card.unnamed', { kind });
}

/** The value that chooses the glyph: the kind, for shelters the state. */
export function glyphValue(layer: string, p: Record<string, unknown>): unknown {
  return p[layer === 'shelters' ? 'state' : (kindField(layer) ?? '')];
}

/** How a booth stands, in its words: the closed list of the status, and what follows from time. */
export function boothWord(state: BoothState): string {
  if (state === 'unconfirmed') return t('standing.unconfirmed');
  return state === 'closed' ? t('standing.closed') : termTitle(statusOf('booths'), state);
}

/** Kinds of facilities that sell: they do business, while others stand open. Twin of sells in standing.go. */
const sells = ['market', 'stall_group', 'supermarket', 'canteen', 'restaurant', 'shop', 'pharmacy', 'bank', 'post'];

/** Whether a place that is no booth is open, in the words for what it is. */
export function openText(layer: string, kind: unknown, open: boolean): string {
  const trades = layer === 'facilities' && sells.includes(String(kind));
  if (trades) return t(open ? 'open.yes' : 'open.no');
  return t(open ? 'open.service.yes' : 'open.service.no');
}

const statusOf = (layer: string): Field | undefined => fieldsOf(layer).find((f) => f.name === (layer === 'shelters' ? 'state' : 'status'));

const boothRank = { open: 'open', closed: 'closed', away: 'warn', day_off: 'closed', unconfirmed: 'warn' };

export function stateLine(layer: string, p: Record<string, unknown>, listed: Reached | undefined): HTMLElement | null {
  const chips: HTMLElement[] = [];
  const field = statusOf(layer);
  const state = field ? p[field.name] : null;
  const openNow = listed?.open_now ?? null;
  // The status of a booth is what was said last; what it means now is for the server
  // to say. Without its word only what holds for good is told.
  if (layer === 'booths') {
    if (listed?.state) chips.push(h('span', { class: `state ${boothRank[listed.state]}` }, boothWord(listed.state)));
    else if (state === 'moved' || state === 'retired') chips.push(h('span', { class: 'state closed' }, termTitle(field, state)));
  } else if (typeof state === 'string' && state !== '') {
    const rank = state === 'open' || state === 'ready' ? 'open' : state === 'closed' ? 'closed' : 'warn';
    chips.push(h('span', { class: `state ${rank}` }, termTitle(field, state)));
  } else if (openNow !== null) chips.push(h('span', { class: `state ${openNow ? 'open' : 'closed'}` }, openText(layer, p.kind, openNow)));
  const words: string[] = [];
  if (layer === 'closures') {
    if (typeof p.reason === 'string' && p.reason !== '') chips.push(h('span', { class: 'state warn' }, p.reason));
    const shutTo = fieldsOf(layer).find((f) => f.name === 'for');
    if (shutTo && typeof p.for === 'string' && p.for !== '') words.push(`${titleText(shutTo)}${languageIndex === 1 ? ': ' : '：'}${termTitle(shutTo, p.for)}`);
  }
  if (typeof p.hours === 'string' && p.hours !== '') words.push(format.hours(p.hours));
  if (layer === 'shelters' && typeof p.capacity === 'number') words.push(t('card.room', { n: format.number(Math.max(0, p.capacity - (typeof p.taken === 'number' ? p.taken : 0))) }));
  if (chips.length === 0 && words.length === 0) return null;
  return h('p', { class: 'states' }, ...chips, words.length > 0 ? h('span', {}, words.join(' · ')) : null);
}

const unitTitle = (unit: string): string => ({ m2: ' m²', m: ' m' })[unit] ?? (languageIndex === 1 ? '' : ` ${unit}`);

export function fieldValue(field: Field, value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  switch (field.type) {
    case 'boolean':
    case 'flag':
      return t(value ? 'yes' : 'no');
    case 'list':
      return valuesOf(value).map((v) => termTitle(field, v)).join(languageIndex === 1 ? ', ' : '、');
    case 'integer':
    case 'number':
      return typeof value !== 'number' ? '' : (/year/.test(field.name) ? String(value) : format.number(value)) + unitTitle(field.unit ?? '');
    case 'hours':
      return format.hours(String(value));
  }
  return termTitle(field, String(value));
}

export const titleText = (field: Field): string => field.title[languageIndex];

export function titleOfField(layer: string, name: string): string {
  const field = fieldsOf(layer).find((f) => f.name === name);
  return field ? titleText(field) : name;
}
