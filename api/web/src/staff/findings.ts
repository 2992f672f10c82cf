// A list of what has to be looked after, behind one number of the table: a row leads
// to the feature on the map, and the whole list to a file.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { pick, t } from '../i18n';
import { boxOf } from '../shapes';
import { setSheet, sheetStop, wide } from '../sheet';
import type { Finding, Findings as List, Upkeep } from '../types';
import { findingKinds } from './kinds';
import { DeskList, type Filled } from './list';
import { csvLink } from './csv';

/** What was found, and the table whose rows are the choices. */
type Found = [list: List, all: Upkeep];

export class Findings extends DeskList<Found> {
  protected ask(limit: number, signal: AbortSignal): Promise<Found> {
    return Promise.all([askStaff<List>('/upkeep/items', { ...this.choice.only, limit }, signal), askStaff<Upkeep>('/upkeep', {}, signal)]);
  }

  protected mark([{ features }]: Found, isNew: boolean): void {
    this.desk.mark(features);
    const box = this.choice.only.community && isNew && boxOf(...features.flatMap((f) => f.geometry ?? []));
    if (box) this.desk.view()?.fit(box);
  }

  protected fill([list, all]: Found): Filled {
    const { only } = this.choice;
    return {
      filters: [
        this.select('finding', t('upkeep.what'), t('upkeep.all'), findingKinds.map((kind) => ({ value: kind, text: t(`finding.${kind}`) }))),
        this.select('layer', t('layers'), t('upkeep.layers'), Object.keys(all.total.layers).map((layer) => ({ value: layer, text: layerTitle(layer) }))),
        this.select('community', t('work.community'), t('upkeep.communities'), all.rows.map((row) => ({ value: row.code ?? '-', text: row.name ?? row.code ?? t('upkeep.nowhere') }))),
        only.steward ? h('p', { class: 'only' }, only.steward === '-' ? t('upkeep.nobody') : only.steward, ' ', button(t('upkeep.everybody'), () => this.only('steward', ''), { class: 'link' })) : null,
      ],
      count: h('div', { class: 'count' }, this.count(list.numberMatched === 0 ? t('upkeep.none') : t('work.count', { n: format.number(list.numberMatched) })), list.numberMatched > 0 ? csvLink('upkeep', only, t('upkeep.csv')) : null),
      rows: list.features.map((finding) => this.#row(finding)),
      matched: list.numberMatched,
    };
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
