// What all screens of the page share.
import { button, h } from '../dom';
import { languageIndex, t } from '../i18n';
import * as format from '../format';
import type { About, Draft, Outbox, Sent } from './outbox';
import type { Here } from './where';
import type { Own, Term, Work } from './types';

/** The page as its screens see it. */
export interface My {
  readonly work: Work;
  readonly outbox: Outbox;
  readonly here: Here | null;
  /** Today's day on this device, as the server writes days. */
  today(): string;
  /** Keeps what was entered, sends it where there is a net, and goes back. */
  submit(about: About, request: Sent): Promise<void>;
  /** Sends again what came back, over what stands. */
  insist(draft: Draft): Promise<void>;
  stand(here: Here | null): void;
}

export const term = (terms: readonly Term[], value: string): string => {
  const found = terms.find((one) => one.value === value);
  return found ? (languageIndex === 1 ? found.en : found.zh) : value;
};

export const titleOf = (own: Own): string => own.title ?? t('my.unnamed', { id: own.id });

/** When something was looked at and is to be looked at again, in a sentence. */
export function dueText(own: Own, today: string): string {
  const late = own.due_on !== null && own.due_on < today;
  if (own.due_on) return format.unbroken(t(late ? 'my.due.late' : 'my.due.by', { on: own.due_on }));
  return own.checked_on ? format.unbroken(t('my.checked.on', { on: own.checked_on })) : t('my.due.never');
}

/** Who looked at it last, and when. */
export function checkedText(own: Own): string {
  if (!own.checked_on) return t('my.due.never');
  return format.unbroken(own.checked_by ? t('my.checked', { on: own.checked_on, by: own.checked_by }) : t('my.checked.on', { on: own.checked_on }));
}

export const isDue = (own: Own, today: string): boolean => (own.due_on === null ? own.checked_on === null : own.due_on < today);

/** That something entered here waits to be sent; null: nothing does. */
export const waits = (my: My, layer: string, id: number | string): HTMLElement | null => (my.outbox.waiting.some(({ about }) => about.layer === layer && about.id === id) ? badge(t('my.waits'), 'open') : null);

/** A whole row that is a link. */
export const row = (href: string, title: string, text: string, mark: HTMLElement | null = null): HTMLElement =>
  h('li', {}, h('a', { href }, h('span', {}, h('b', {}, title), h('span', { class: 'what' }, text)), mark));

export const badge = (text: string, is = ''): HTMLElement => h('span', { class: 'badge', 'data-is': is || null }, text);

const firstRows = 20;

/** A list of which the first rows are shown, and more when asked for. */
export function list(rows: readonly HTMLElement[], shown = firstRows): HTMLElement {
  const box = h('div', {});
  const show = (n: number): void => {
    const more = rows.length > n ? button(t('my.more', { n: Math.min(firstRows, rows.length - n), all: rows.length }), () => (show(n + firstRows), (box.querySelectorAll<HTMLElement>('a')[n])?.focus()), { class: 'outlined wide' }) : null;
    box.replaceChildren(h('ul', { class: 'rows own' }, ...rows.slice(0, n)), ...(more ? [more] : []));
  };
  show(shown);
  return box;
}

/** The head of a screen that is not the first: the way back, and what it is of. */
export const screenHead = (title: string, ...under: (HTMLElement | null)[]): (HTMLElement | null)[] => [
  h('a', { class: 'back', href: '#' }, t('my.back')),
  h('h1', { tabindex: -1 }, title),
  ...under,
];
