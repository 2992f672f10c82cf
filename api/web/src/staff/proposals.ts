// What waits to be published, and what became of it: who proposed it, when, and what
// it is about. A row leads to one of them.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { config } from '../config';
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { DeskChoice } from '../state';
import type { Proposal, Proposals as List } from '../types';
import type { Desk } from './desk';

const step = 50;

export class Proposals {
  #shown = step;

  constructor(
    private readonly desk: Desk,
    private readonly choice: DeskChoice,
  ) {}

  async show(): Promise<void> {
    const { signal } = this.desk;
    try {
      const list = await askStaff<List>('/proposals', { state: this.#decided ? 'decided' : 'open', limit: this.#shown }, signal);
      if (signal.aborted) return;
      this.desk.mark(list.proposals.map(({ bbox }) => ({ geometry: bbox && { type: 'Point', coordinates: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2] } })));
      this.#draw(list);
    } catch (error) {
      this.desk.failed(error, () => void this.show());
    }
  }

  get #decided(): boolean {
    return this.choice.only.state === 'decided';
  }

  #draw(list: List): void {
    const states = (['open', 'decided'] as const).map((state) =>
      button(t(`proposals.${state}`), () => this.desk.go({ ...this.choice, only: state === 'open' ? {} : { state } }), { class: 'segment', 'aria-pressed': String((state === 'decided') === this.#decided) }),
    );
    const left = list.numberMatched - list.proposals.length;
    const more = async (): Promise<void> => {
      const first = list.proposals.length;
      this.#shown += step;
      await this.show();
      document.querySelectorAll<HTMLElement>('#desk .work button')[first]?.focus();
    };
    this.desk.fill(
      h('div', { class: 'filters' }, h('div', { class: 'segments' }, ...states)),
      h('p', { class: 'caption', role: 'status' }, list.numberMatched === 0 ? t(this.#decided ? 'proposals.none.decided' : 'proposals.none') : t('work.count', { n: format.number(list.numberMatched) })),
      h('ul', { class: 'work' }, ...list.proposals.map((one) => h('li', {}, this.#row(one)))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(list.numberMatched) }), () => void more(), { class: 'outlined wide' }) : null,
    );
  }

  #row(one: Proposal): HTMLElement {
    const chip = this.#decided ? stateOf(one) : one.author === config.who ? h('i', { class: 'chip-kind' }, t('proposals.mine')) : null;
    return h(
      'button',
      { type: 'button', click: () => this.desk.go({ ...this.choice, item: one.id }) },
      h('span', { class: 'line' }, h('b', {}, nameOf(one)), chip),
      h('span', {}, countsOf(one)),
      one.note ? h('span', {}, one.note) : null,
      one.reason ? h('span', { class: 'reason' }, t('proposal.reason', { reason: one.reason })) : null,
      h('small', {}, byLine(one)),
    );
  }
}

const and = languageIndex === 1 ? ', ' : '、';

/** What a proposal is called: its first features, else their layers. */
export function nameOf({ titles, layers }: Proposal): string {
  const n = layers.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);
  if (titles.length === 0) return layers.map(({ layer }) => layerTitle(layer)).join(and);
  return n > titles.length ? t('proposal.names', { names: titles.join(and), n: format.number(n) }) : titles.join(and);
}

/** How many features of each layer it makes, changes and removes. */
export function countsOf({ layers }: Proposal): string {
  return layers
    .map((one) => {
      const parts = (['added', 'changed', 'removed'] as const).filter((what) => one[what] > 0).map((what) => t(`proposal.${what}`, { n: format.number(one[what]) }));
      return `${layerTitle(one.layer)}${languageIndex === 1 ? ': ' : ' '}${parts.join(and)}`;
    })
    .join(' · ');
}

export const byLine = (one: Proposal): string => t('proposal.by', { who: one.author, when: format.moment(new Date(one.at)) });

const ranks = { open: 'warn', published: 'open', refused: 'danger', withdrawn: 'closed' } as const;

export const stateOf = ({ state }: Proposal): HTMLElement => h('i', { class: `chip-kind ${ranks[state]}` }, t(`proposal.${state}`));
