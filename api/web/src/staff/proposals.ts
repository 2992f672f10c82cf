// What waits to be published, and what became of it: who proposed it, when, and what
// it is about. A row leads to one of them.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { config } from '../config';
import { h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { Proposal, Proposals as List } from '../types';
import { DeskList, type Filled } from './list';

export class Proposals extends DeskList<List> {
  get #decided(): boolean {
    return this.choice.only.state === 'decided';
  }

  protected ask(limit: number, signal: AbortSignal): Promise<List> {
    return askStaff('/proposals', { state: this.#decided ? 'decided' : 'open', limit }, signal);
  }

  protected mark({ proposals }: List): void {
    this.desk.mark(proposals.map(({ bbox }) => ({ geometry: bbox && { type: 'Point', coordinates: [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2] } })));
  }

  protected fill(list: List): Filled {
    return {
      filters: [this.states({ value: 'open', text: t('proposals.open') }, { value: 'decided', text: t('proposals.decided') })],
      count: this.count(list.numberMatched === 0 ? t(this.#decided ? 'proposals.none.decided' : 'proposals.none') : t('work.count', { n: format.number(list.numberMatched) })),
      rows: list.proposals.map((one) => this.#row(one)),
      matched: list.numberMatched,
    };
  }

  #row(one: Proposal): HTMLElement {
    const chip = this.#decided ? stateOf(one) : one.author === config.who ? h('i', { class: 'chip-kind' }, t('proposals.mine')) : null;
    return this.row(
      one.id,
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
