// What residents reported, by kind and grid: those that wait for an answer, the longest
// first, or those that have one. A row leads to one of them.
import { askStaff } from '../api';
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { DeskChoice } from '../state';
import type { Report, ReportList } from '../types';
import type { Desk } from './desk';

const step = 50;

export class Reports {
  #shown = step;

  constructor(
    private readonly desk: Desk,
    private readonly choice: DeskChoice,
  ) {}

  async show(): Promise<void> {
    const { signal } = this.desk;
    try {
      const list = await askStaff<ReportList>('/reports', { ...this.choice.only, limit: this.#shown }, signal);
      if (signal.aborted) return;
      this.desk.mark(list.features);
      this.#draw(list);
    } catch (error) {
      this.desk.failed(error, () => void this.show());
    }
  }

  #only(change: Record<string, string>): void {
    const only = Object.fromEntries(Object.entries({ ...this.choice.only, ...change }).filter(([, value]) => value !== ''));
    this.desk.go({ ...this.choice, only });
  }

  #draw(list: ReportList): void {
    const { only } = this.choice;
    const answered = only.state === 'answered';
    const sum = (of: { n: number }[]): string => format.number(of.reduce((n, one) => n + one.n, 0));
    const choose = (name: string, label: string, all: string, options: { value: string; text: string; n: number }[]): HTMLElement => {
      const select = h('select', { 'aria-label': label, change: () => this.#only({ [name]: select.value }) });
      select.append(h('option', { value: '' }, all), ...options.map(({ value, text, n }) => h('option', { value, selected: only[name] === value }, `${text} ${format.number(n)}`)));
      if (only[name] && !options.some((o) => o.value === only[name])) select.append(h('option', { value: only[name], selected: true }, `${only[name]} 0`));
      return select;
    };
    const states = (['open', 'answered'] as const).map((state) =>
      button(t(`reports.${state}`), () => this.#only({ state: state === 'open' ? '' : state }), { class: 'segment', 'aria-pressed': String((state === 'answered') === answered) }),
    );
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
        h('div', { class: 'segments' }, ...states),
        choose('kind', t('work.kind'), t('work.kinds', { n: sum(list.kinds) }), list.kinds.map((of) => ({ value: of.kind, text: [of.zh, of.en][languageIndex]!, n: of.n }))),
        choose('grid', t('reports.grid'), t('reports.grids', { n: sum(list.grids) }), list.grids.map(({ code, name, n }) => ({ value: code, text: code === '-' ? t('reports.nogrid') : name || code, n }))),
      ),
      h('p', { class: 'caption', role: 'status' }, list.numberMatched === 0 ? t(answered ? 'reports.none.answered' : 'reports.none') : [t('reports.count', { n: format.number(list.numberMatched) }), list.overdue > 0 && t('reports.overdue.n', { n: format.number(list.overdue) })].filter(Boolean).join(comma)),
      h('ul', { class: 'work' }, ...list.features.map((report) => h('li', {}, this.#row(report)))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(list.numberMatched) }), () => void more(), { class: 'outlined wide' }) : null,
    );
  }

  #row(report: Report): HTMLElement {
    const { properties: p } = report;
    const when = format.moment(new Date(p.steps[0]!.at));
    return h(
      'button',
      { type: 'button', click: () => this.desk.go({ ...this.choice, item: report.id }) },
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
