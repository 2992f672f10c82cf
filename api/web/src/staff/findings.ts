// A list of what has to be looked after, behind one number of the table: a row leads
// to the feature on the map, and the whole list to a file.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { pick, t } from '../i18n';
import { boxOf } from '../shapes';
import { setSheet, sheetStop, wide } from '../sheet';
import type { DeskChoice } from '../state';
import type { Finding, Findings as List, Upkeep } from '../types';
import { findingKinds } from './kinds';
import type { Desk } from './desk';
import { csvLink } from './csv';

const step = 50;

export class Findings {
  #shown = step;

  constructor(
    private readonly desk: Desk,
    private readonly choice: DeskChoice,
  ) {}

  async show(): Promise<void> {
    const { signal } = this.desk;
    try {
      const [list, all] = await Promise.all([askStaff<List>('/upkeep/items', { ...this.choice.only, limit: this.#shown }, signal), askStaff<Upkeep>('/upkeep', {}, signal)]);
      if (signal.aborted) return;
      this.desk.mark(list.features);
      const box = this.choice.only.community && this.#shown === step && boxOf(...list.features.flatMap((f) => f.geometry ?? []));
      if (box) this.desk.view()?.fit(box);
      this.#draw(list, all);
    } catch (error) {
      this.desk.failed(error, () => void this.show());
    }
  }

  #draw(list: List, all: Upkeep): void {
    const { only } = this.choice;
    const go = (name: string, value: string): void => {
      const next: Record<string, string> = { ...only, [name]: value };
      if (!value) delete next[name];
      this.desk.go({ ...this.choice, only: next });
    };
    const choose = (name: string, label: string, none: string, options: [string, string][]): HTMLElement => {
      const select = h('select', { 'aria-label': label, change: () => go(name, select.value) });
      select.append(h('option', { value: '' }, none), ...options.map(([value, text]) => h('option', { value, selected: only[name] === value }, text)));
      return select;
    };
    const left = list.numberMatched - list.features.length;
    const more = async (): Promise<void> => {
      const first = list.features.length;
      this.#shown += step;
      await this.show();
      document.querySelectorAll<HTMLElement>('#desk .work button')[first]?.focus();
    };
    this.desk.fill(
      h(
        'div',
        { class: 'filters' },
        choose('finding', t('upkeep.what'), t('upkeep.all'), findingKinds.map((kind) => [kind, t(`finding.${kind}`)])),
        choose('layer', t('layers'), t('upkeep.layers'), Object.keys(all.total.layers).map((layer) => [layer, layerTitle(layer)])),
        choose('community', t('work.community'), t('upkeep.communities'), all.rows.map((row) => [row.code ?? '-', row.name ?? row.code ?? t('upkeep.nowhere')])),
        only.steward ? h('p', { class: 'only' }, only.steward === '-' ? t('upkeep.nobody') : only.steward, ' ', button(t('upkeep.everybody'), () => go('steward', ''), { class: 'link' })) : null,
      ),
      h('div', { class: 'count' }, h('p', { class: 'caption', role: 'status' }, list.numberMatched === 0 ? t('upkeep.none') : t('work.count', { n: format.number(list.numberMatched) })), list.numberMatched > 0 ? csvLink(only, t('upkeep.csv')) : null),
      h('ul', { class: 'work' }, ...list.features.map((f) => h('li', {}, this.#row(f)))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(list.numberMatched) }), () => void more(), { class: 'outlined wide' }) : null,
    );
  }

  #row({ properties: p }: Finding): HTMLElement {
    const show = (): void => {
      if (!wide.matches) {
        this.desk.store.set({ desk: null, selected: { layer: p.layer, id: p.id }, route: false });
        if (sheetStop() === 'full') setSheet('half');
        return;
      }
      this.desk.store.set({ selected: { layer: p.layer, id: p.id }, route: false });
    };
    return h(
      'button',
      { type: 'button', click: show },
      h('span', { class: 'line' }, h('b', {}, p.title ?? t('upkeep.unnamed', { layer: layerTitle(p.layer), id: p.id })), this.choice.only.finding ? null : h('i', { class: 'chip-kind' }, t(`finding.${p.finding}`))),
      h('span', {}, format.unbroken(pick([p.text_zh, p.text_en]))),
      h('small', {}, [p.where, p.community, this.choice.only.steward ? null : p.steward].filter(Boolean).join(' · ')),
    );
  }
}
