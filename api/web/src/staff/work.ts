// The worklist: what imports left for people to decide, by kind and community, and
// what was decided.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { DeskChoice } from '../state';
import type { WorkItem, Worklist } from '../types';
import type { Desk } from './desk';

const step = 50;

/** What was just settled, told above the list that it left, with a way back. */
let done: { text: string; undo: () => Promise<void> } | null = null;

export function tellDone(text: string, undo: () => Promise<void>): void {
  done = { text, undo };
}

export class Work {
  #shown = step;

  constructor(
    private readonly desk: Desk,
    private readonly choice: DeskChoice,
  ) {}

  async show(): Promise<void> {
    const { signal } = this.desk;
    const { only } = this.choice;
    try {
      const list = await askStaff<Worklist>('/worklist', { ...only, limit: this.#shown }, signal);
      // Counts of all kinds and communities, whatever is chosen.
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

  #draw(list: Worklist): void {
    const { only } = this.choice;
    const settled = only.state === 'settled';
    const sum = (of: { n: number }[]): number => of.reduce((n, one) => n + one.n, 0);
    const choose = (name: string, label: string, all: string, options: { value: string; text: string; n: number }[]): HTMLElement => {
      const select = h('select', { 'aria-label': label, change: () => this.#only({ [name]: select.value }) });
      select.append(h('option', { value: '' }, all), ...options.map(({ value, text, n }) => h('option', { value, selected: only[name] === value }, `${text} ${format.number(n)}`)));
      if (only[name] && !options.some((o) => o.value === only[name])) select.append(h('option', { value: only[name], selected: true }, `${name === 'kind' ? t(`work.${only[name] as 'gap'}`) : only[name]} 0`));
      return select;
    };
    const states = (['open', 'settled'] as const).map((state) =>
      button(t(`work.${state}`), () => this.#only({ state: state === 'open' ? '' : state }), { class: 'segment', 'aria-pressed': String((state === 'settled') === settled) }),
    );
    const left = list.numberMatched - list.features.length;
    const more = async (): Promise<void> => {
      const first = list.features.length;
      this.#shown += step;
      await this.show();
      document.querySelectorAll<HTMLElement>('#desk .work button')[first]?.focus();
    };
    this.desk.fill(
      this.#told(),
      h(
        'div',
        { class: 'filters' },
        h('div', { class: 'segments' }, ...states),
        choose('kind', t('work.kind'), t('work.kinds', { n: format.number(sum(list.kinds)) }), list.kinds.map(({ kind, n }) => ({ value: kind, text: t(`work.${kind}`), n }))),
        choose('community', t('work.community'), t('work.communities', { n: format.number(sum(list.communities)) }), list.communities.map(({ code, name, n }) => ({ value: code, text: name || (code === '-' ? t('work.nowhere') : code), n }))),
      ),
      h('p', { class: 'caption', role: 'status' }, list.numberMatched === 0 ? t(settled ? 'work.none.settled' : 'work.none') : t('work.count', { n: format.number(list.numberMatched) })),
      h('ul', { class: 'work' }, ...list.features.map((item) => h('li', {}, this.#row(item)))),
      left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(list.numberMatched) }), () => void more(), { class: 'outlined wide' }) : null,
    );
  }

  #told(): HTMLElement | null {
    if (!done) return null;
    const { text, undo } = done;
    done = null;
    const line = h('div', { class: 'told', role: 'status' }, h('span', {}, text));
    line.append(
      button(t('work.undo'), () => {
        line.remove();
        void undo();
      }, { class: 'outlined' }),
    );
    return line;
  }

  #row(item: WorkItem): HTMLElement {
    return h(
      'button',
      { type: 'button', click: () => this.desk.go({ ...this.choice, item: item.id }) },
      h('span', { class: 'line' }, h('b', {}, titleOf(item)), h('i', { class: 'chip-kind' }, stateOf(item))),
      h('span', {}, ...aboutOf(item).slice(0, 1)),
      h('small', {}, [layerTitle(item.properties.layer), item.properties.community, sourceOf(item)].filter(Boolean).join(' · ')),
    );
  }
}

/** What an item is called: the row, by its name or what it says of its place, or the fault. */
export function titleOf({ properties: p }: WorkItem): string {
  if (p.title && p.title !== p.where) return p.title;
  return p.address || t(`work.${p.kind}`);
}

/** Where it was found: the file, and the line in it. */
export function sourceOf({ properties: p }: WorkItem): string {
  const line = /line (\d+)$/.exec(p.where ?? '')?.[1];
  return [p.file, line ? t('work.line', { n: line }) : p.where].filter(Boolean).join(' ');
}

/** What is wrong, and of a settled item what became of it. */
export function stateOf({ properties: p }: WorkItem): string {
  return p.state === 'open' ? t(`work.${p.kind}`) : t(`work.${p.state}`);
}

const and = languageIndex === 1 ? ', ' : '、';

/** What is known of an item, a sentence each. */
export function aboutOf({ properties: p }: WorkItem): string[] {
  const lines: string[] = [];
  if (p.kind === 'unplaced') {
    if (p.address && p.title !== p.where) lines.push(p.address);
    if (!p.candidates?.length) lines.push(t('work.nocandidate'));
  } else {
    lines.push([t('work.size', { area: format.number(p.area_m2 ?? 0), width: (p.width_m ?? 0).toFixed(2) }), p.members?.length ? t('work.of', { names: p.members.join(and) }) : ''].filter(Boolean).join(languageIndex === 1 ? '; ' : '；'));
    if (p.parent) lines.push(t('work.against', { name: p.parent }));
  }
  return lines;
}
