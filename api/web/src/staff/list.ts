// The frame of the lists of the drawer: filters, how many there are, a row each, and a
// button for more. What differs from list to list is what they are made of.
import { button, h } from '../dom';
import * as format from '../format';
import { t } from '../i18n';
import type { DeskChoice } from '../state';
import type { Drawer } from './drawer';

const step = 50;

/** One choice of a filter; n is how many it leaves, where that is known. */
export interface Option {
  value: string;
  text: string;
  n?: number;
}

export interface Filled {
  told?: HTMLElement | null; // above it all
  filters: (HTMLElement | null)[];
  count: HTMLElement;
  rows: HTMLElement[];
  matched: number;
}

export abstract class DeskList<List> {
  #shown = step;

  constructor(
    protected readonly desk: Drawer,
    protected readonly choice: DeskChoice,
  ) {}

  /** Asks for as many as are to be shown. */
  protected abstract ask(limit: number, signal: AbortSignal): Promise<List>;

  /** Marks the list on the map; it is new, or longer than before. */
  protected abstract mark(list: List, isNew: boolean): void;

  protected abstract fill(list: List): Filled;

  async show(): Promise<void> {
    const { signal } = this.desk;
    try {
      const list = await this.ask(this.#shown, signal);
      if (signal.aborted) return;
      this.mark(list, this.#shown === step);
      this.#draw(this.fill(list));
    } catch (error) {
      this.desk.failed(error, () => void this.show());
    }
  }

  #draw({ told = null, filters, count, rows, matched }: Filled): void {
    const left = matched - rows.length;
    const more = async (): Promise<void> => {
      this.#shown += step;
      await this.show();
      document.querySelectorAll<HTMLElement>('#desk .work button')[rows.length]?.focus();
    };
    this.desk.fill(
      told,
      h('div', { class: 'filters' }, ...filters),
      count,
      h('ul', { class: 'work' }, ...rows.map((row) => h('li', {}, row))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(matched) }), () => void more(), { class: 'outlined wide' }) : null,
    );
  }

  /** Shows the list with another choice of a filter; empty: without that filter. */
  protected only(name: string, value: string): void {
    const only = Object.fromEntries(Object.entries({ ...this.choice.only, [name]: value }).filter(([, chosen]) => chosen !== ''));
    this.desk.go({ ...this.choice, only });
  }

  /** A filter; what is chosen stands in it also where it leaves nothing, by a name of its own. */
  protected select(name: string, label: string, all: string, options: Option[], nameOf = (value: string): string => value): HTMLElement {
    const chosen = this.choice.only[name] ?? '';
    const select = h('select', { 'aria-label': label, change: () => this.only(name, select.value) }, h('option', { value: '' }, all));
    if (chosen !== '' && !options.some(({ value }) => value === chosen)) options = [...options, { value: chosen, text: nameOf(chosen), n: 0 }];
    for (const { value, text, n } of options) select.append(h('option', { value, selected: chosen === value }, n === undefined ? text : `${text} ${format.number(n)}`));
    return select;
  }

  /** What waits, or what was done: the first state is the one that is shown of itself. */
  protected states(...states: Option[]): HTMLElement {
    const now = this.choice.only.state ?? states[0]!.value;
    return h(
      'div',
      { class: 'segments' },
      ...states.map(({ value, text }, i) => button(text, () => this.only('state', i === 0 ? '' : value), { class: 'segment', 'aria-pressed': String(value === now) })),
    );
  }

  protected count = (text: string): HTMLElement => h('p', { class: 'caption', role: 'status' }, text);

  /** The button of a row, which opens one of the list. */
  protected row(item: string, ...lines: (Node | null)[]): HTMLElement {
    return h('button', { type: 'button', click: () => this.desk.go({ ...this.choice, item }) }, ...lines);
  }
}

/** How many the choices of a filter leave together. */
export const sum = (of: readonly { n: number }[]): string => format.number(of.reduce((n, one) => n + one.n, 0));
