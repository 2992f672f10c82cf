// What residents reported, by kind and grid: those that wait for an answer, the longest
// first, or those that have one. A row leads to one of them.
import { askStaff } from '../api';
import { h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { Report, ReportList } from '../types';
import { csvLink } from './csv';
import { DeskList, sum, type Filled } from './list';

export class Reports extends DeskList<ReportList> {
  protected ask(limit: number, signal: AbortSignal): Promise<ReportList> {
    return askStaff('/reports', { ...this.choice.only, limit }, signal);
  }

  protected mark({ features }: ReportList): void {
    this.desk.mark(features);
  }

  protected fill(list: ReportList): Filled {
    const none = this.choice.only.state === 'answered' ? 'reports.none.answered' : 'reports.none';
    const counted = [t('reports.count', { n: format.number(list.numberMatched) }), list.overdue > 0 && t('reports.overdue.n', { n: format.number(list.overdue) })];
    return {
      filters: [
        this.states(...(['open', 'answered'] as const).map((value) => ({ value, text: t(`reports.${value}`) }))),
        this.select('kind', t('work.kind'), t('work.kinds', { n: sum(list.kinds) }), list.kinds.map(({ kind, zh, en, n }) => ({ value: kind, text: [zh, en][languageIndex]!, n }))),
        this.select('grid', t('reports.grid'), t('reports.grids', { n: sum(list.grids) }), list.grids.map(({ code, name, n }) => ({ value: code, text: code === '-' ? t('reports.nogrid') : name || code, n }))),
      ],
      count: h('div', { class: 'count' }, this.count(list.numberMatched === 0 ? t(none) : counted.filter(Boolean).join(comma)), list.numberMatched > 0 ? csvLink('reports', this.choice.only, t('upkeep.csv')) : null),
      rows: list.features.map((report) => this.#row(report)),
      matched: list.numberMatched,
    };
  }

  #row(report: Report): HTMLElement {
    const { properties: p } = report;
    const when = format.moment(new Date(p.steps[0]!.at));
    return this.row(
      report.id,
      h('span', { class: 'line' }, h('b', {}, placeOf(report)), lateChip(report), stateChip(report)),
      h('span', {}, kindOf(report)),
      h('small', {}, [areaOf(report), when, p.photo && t('reports.photo')].filter(Boolean).join(' · ')),
      dueOf(report) ? h('small', {}, dueOf(report)) : null,
    );
  }
}

const comma = languageIndex === 1 ? ', ' : '，';

/** By when an answer was promised that has not been given. */
export const dueOf = ({ properties: { due, state } }: Report): string => (due && state !== 'answered' ? t('reports.due', { day: format.day(due) }) : '');

/** That the promised day is past: a word and a shape besides the colour. */
export const lateChip = ({ properties: { overdue } }: Report): HTMLElement | null => (overdue ? h('i', { class: 'chip-kind late' }, t('reports.overdue')) : null);

/** The place by its name, or what it is. */
export const placeOf = ({ properties: { of } }: Report): string => (of ? (of.name ?? `${of.layer}/${of.id}`) : t('reports.point'));

export const kindOf = ({ properties: p }: Report): string => [p.kind_zh, p.kind_en][languageIndex]!;

/** The grid in which it lies, and the community where that is not a part of its name. */
export function areaOf({ properties: { community, grid } }: Report): string {
  const [around, inner] = [community, grid].map((area) => area?.name || area?.code || '') as [string, string];
  return [inner.includes(around) ? '' : around, inner || t('reports.nogrid')].filter(Boolean).join(' ');
}

export const stateChip = ({ properties: p }: Report): HTMLElement => h('i', { class: 'chip-kind', 'data-state': p.state }, [p.state_zh, p.state_en][languageIndex]!);
