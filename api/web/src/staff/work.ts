// The worklist: what imports left for people to decide, by kind and community, and
// what was decided.
import { askStaff } from '../api';
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import type { WorkItem, Worklist } from '../types';
import { DeskList, sum, type Filled } from './list';

/** What was just settled, told above the list that it left, with a way back. */
let done: { text: string; undo: () => Promise<void> } | null = null;

export function tellDone(text: string, undo: () => Promise<void>): void {
  done = { text, undo };
}

export class Work extends DeskList<Worklist> {
  protected ask(limit: number, signal: AbortSignal): Promise<Worklist> {
    return askStaff('/worklist', { ...this.choice.only, limit }, signal);
  }

  protected mark({ features }: Worklist): void {
    this.desk.mark(features);
  }

  protected fill(list: Worklist): Filled {
    const none = this.choice.only.state === 'settled' ? 'work.none.settled' : 'work.none';
    return {
      told: this.#told(),
      filters: [
        this.states({ value: 'open', text: t('work.open') }, { value: 'settled', text: t('work.settled') }),
        this.select('kind', t('work.kind'), t('work.kinds', { n: sum(list.kinds) }), list.kinds.map(({ kind, n }) => ({ value: kind, text: t(`work.${kind}`), n })), (kind) => t(`work.${kind as 'gap'}`)),
        this.select('community', t('work.community'), t('work.communities', { n: sum(list.communities) }), list.communities.map(({ code, name, n }) => ({ value: code, text: name || (code === '-' ? t('work.nowhere') : code), n }))),
      ],
      count: this.count(list.numberMatched === 0 ? t(none) : t('work.count', { n: format.number(list.numberMatched) })),
      rows: list.features.map((item) => this.#row(item)),
      matched: list.numberMatched,
    };
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
    return this.row(
      item.id,
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
