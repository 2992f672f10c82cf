// One item of the worklist: what is known of it, and the ways to settle it. A place
// is proposed first, by a candidate or a click on the map, and written when it is
// confirmed.
import { askStaff, Failure, send } from '../api';
import { layerTitle } from '../catalog';
import { button, h } from '../dom';
import * as format from '../format';
import { sentenceGap, t } from '../i18n';
import { boxOf } from '../shapes';
import type { LonLat } from '../state';
import { wide } from '../sheet';
import type { Candidate, Settled, WorkItem } from '../types';
import type { Drawer } from './drawer';
import { reasonForm } from './reason';
import { aboutOf, sourceOf, stateOf, tellDone, titleOf } from './work';

const reasons = ['reason.gone', 'reason.double', 'reason.noplace', 'reason.elsewhere'] as const;

/** The answer to what somebody else has to publish first. */
interface Waiting {
  proposal: string;
}

/** The place that somebody is about to choose. */
type Proposal = { at: LonLat } | { candidate: number; at: LonLat; name: string };

export class Item {
  #item: WorkItem | null = null;
  #proposal: Proposal | null = null;
  #act = h('div', { class: 'act' });
  #overwrite = h('input', { type: 'checkbox' });

  constructor(private readonly desk: Drawer) {}

  /** Gives the clicks of the map back, and takes the mark away. */
  leave(): void {
    this.#item = null;
    this.#propose(null);
    this.desk.view()?.use(null);
  }

  async show(id: string): Promise<void> {
    const { signal } = this.desk;
    try {
      const item = await askStaff<WorkItem>(`/worklist/${id}`, {}, signal);
      if (!signal.aborted) this.#open(item);
    } catch (error) {
      this.desk.failed(error, () => void this.show(id));
    }
  }

  /** The map has come: it flies there. */
  catchUp(): void {
    if (this.#item) this.#fly(this.#item);
  }

  #open(item: WorkItem, said: string | null = null): void {
    this.#item = item;
    this.#propose(null);
    this.desk.mark([item]);
    this.#fly(item);
    const { properties: p } = item;
    const back = (): void => {
      const { desk } = this.desk.store.state;
      if (desk) this.desk.go({ ...desk, item: null });
    };
    this.desk.fill(
      button(t('item.back'), back, { class: 'link back' }),
      said ? h('p', { class: 'told', role: 'alert' }, said) : null,
      h('h3', { class: 'name' }, titleOf(item), ' ', h('i', { class: 'chip-kind' }, stateOf(item))),
      ...aboutOf(item).map((line) => h('p', {}, line)),
      h('p', { class: 'caption' }, [layerTitle(p.layer), p.community, sourceOf(item)].filter(Boolean).join(' · ')),
      p.line?.length ? lineTable(p.line) : null,
      ...(p.state === 'open' ? this.#ways(item) : this.#settled(item)),
      p.earlier?.length ? h('details', { class: 'more' }, h('summary', {}, t('item.earlier')), h('ul', {}, ...p.earlier.map((s) => h('li', {}, settledLine(s))))) : null,
    );
    this.desk.focus();
    if (p.state === 'open' && p.placeable && wide.matches) this.#pick();
  }

  #fly(item: WorkItem): void {
    const box = item.geometry && boxOf(item.geometry);
    if (box) this.desk.view()?.fit(box);
    if (item.properties.state === 'open' && item.properties.placeable && wide.matches && !this.#proposal) this.#pick();
  }

  #ways(item: WorkItem): (HTMLElement | null)[] {
    const { properties: p } = item;
    const adoptable = p.candidates?.some((c) => c.layer === p.layer) ?? false;
    this.#overwrite.checked = false;
    this.#say();
    return [
      p.candidates?.length ? h('h3', {}, t('item.candidates')) : null,
      p.candidates?.length ? h('ul', { class: 'candidates' }, ...p.candidates.map((c, i) => h('li', {}, this.#candidate(item, c, i)))) : null,
      adoptable ? h('label', { class: 'check' }, this.#overwrite, t('item.overwrite')) : null,
      this.#act,
      p.kind === 'unplaced' && !p.placeable ? h('p', { class: 'caption' }, t('item.shape', { layer: layerTitle(p.layer) })) : null,
      p.kind !== 'unplaced' ? h('p', { class: 'caption' }, t('item.mend')) : null,
      this.#dropForm(),
    ];
  }

  #candidate(item: WorkItem, c: Candidate, i: number): HTMLElement {
    const fits = item.properties.placeable || c.layer === item.properties.layer;
    const choose = (): void => {
      this.desk.view()?.fit([c.lon, c.lat, c.lon, c.lat]);
      if (fits) this.#propose({ candidate: i + 1, at: [c.lon, c.lat], name: c.name });
    };
    const line = h('button', { type: 'button', 'data-candidate': i + 1, 'aria-pressed': 'false', click: choose }, h('b', {}, c.name || t('card.unnamed', { kind: layerTitle(c.layer ?? '') })), h('span', { class: 'score' }, `${Math.round(c.score * 100)}%`), c.why && c.why !== c.name ? h('span', {}, c.why) : null);
    return line;
  }

  /** Lets the next clicks on the map propose a place. */
  #pick(): void {
    const view = this.desk.view();
    if (!view) return;
    const focused = document.activeElement;
    view.use({
      tap: (at) => this.#propose({ at }),
      left: () => {},
    });
    if (wide.matches && focused instanceof HTMLElement) focused.focus({ preventScroll: true }); // the map takes it
  }

  #propose(proposal: Proposal | null): void {
    this.#proposal = proposal;
    this.desk.view()?.propose(proposal?.at ?? null);
    for (const line of document.querySelectorAll<HTMLElement>('#desk [data-candidate]')) {
      line.setAttribute('aria-pressed', String(proposal !== null && 'candidate' in proposal && line.dataset.candidate === String(proposal.candidate)));
    }
    if (this.#item) this.#say();
  }

  /** The place that is proposed and the button that writes it, or how to propose one. */
  #say(): void {
    const item = this.#item;
    if (!item) return;
    const proposal = this.#proposal;
    const { placeable } = item.properties;
    if (proposal) {
      const name = 'candidate' in proposal ? proposal.name : `${proposal.at[0].toFixed(5)}, ${proposal.at[1].toFixed(5)}`;
      this.#act.replaceChildren(
        h('p', { role: 'status' }, t('item.proposed', { name })),
        h('div', { class: 'actions' }, button(t('item.confirm'), () => void this.#settle(), { class: 'filled' }), button(t('cancel'), () => this.#cancel(), { class: 'outlined' })),
      );
      return;
    }
    const pick = (): void => {
      this.#pick();
      this.desk.aside(true);
      this.#act.replaceChildren(h('p', { role: 'status' }, t('item.tap')), h('div', { class: 'actions' }, button(t('cancel'), () => this.#cancel(), { class: 'outlined' })));
    };
    this.#act.replaceChildren(
      ...(placeable && this.desk.view() ? [wide.matches ? h('p', { class: 'hint' }, t('item.click')) : button(t('item.pick'), pick, { class: 'outlined wide' })] : []),
    );
  }

  #cancel(): void {
    this.#propose(null);
    this.desk.aside(false);
    if (!wide.matches) this.desk.view()?.use(null);
  }

  #dropForm(): HTMLElement {
    return reasonForm({ fold: 'item.drop', why: 'item.why', missing: 'item.why.missing', go: 'item.drop.go', reasons }, (note) => void this.#decide({ drop: true, note }, 'item.done.dropped'));
  }

  async #settle(): Promise<void> {
    const proposal = this.#proposal;
    if (!proposal) return;
    if ('candidate' in proposal) await this.#decide({ candidate: proposal.candidate, overwrite: this.#overwrite.checked }, 'item.done.placed');
    else await this.#decide({ at: proposal.at.map((degrees) => +degrees.toFixed(7)) }, 'item.done.placed');
  }

  /** Settles the item, and goes back to the list, which offers to take it back. */
  async #decide(choice: Record<string, unknown>, said: 'item.done.placed' | 'item.done.dropped'): Promise<void> {
    const item = this.#item;
    if (!item) return;
    const busy = (is: boolean): void => document.querySelectorAll<HTMLButtonElement>('#desk .act button, #desk .drop button').forEach((b) => (b.disabled = is));
    busy(true);
    try {
      const settled = await send<WorkItem | Waiting>(`/worklist/${item.id}/settle`, { version: item.properties.version, ...choice });
      if ('proposal' in settled) tellDone(t('item.done.waits', { name: titleOf(item) }), () => this.#withdraw(settled, item));
      else tellDone(t(said, { name: titleOf(item) }), () => this.#takeBack(settled));
      const { desk } = this.desk.store.state;
      if (desk) this.desk.go({ ...desk, item: null });
    } catch (error) {
      busy(false);
      const overCap = error instanceof Failure && error.problem.violations?.some(({ rule }) => rule === 'cap');
      if (overCap) this.#askDecision(choice, said);
      else this.#refused(error);
    }
  }

  /** One booth more than the city allows itself needs a decision, which is kept with it. */
  #askDecision(choice: Record<string, unknown>, said: 'item.done.placed' | 'item.done.dropped'): void {
    const form = reasonForm({ fold: 'item.cap', why: 'item.cap.why', missing: 'item.cap.missing', go: 'item.confirm', reasons: [] }, (decision) => void this.#decide({ ...choice, decision }, said));
    form.setAttribute('open', '');
    this.#act.replaceChildren(form);
    form.querySelector('textarea')!.focus();
  }

  /** Takes back how an item was settled, and shows it as it waits again. */
  async #takeBack(item: WorkItem): Promise<void> {
    const { desk } = this.desk.store.state;
    try {
      const open = await send<WorkItem | Waiting>(`/worklist/${item.id}/reopen`, { version: item.properties.version });
      if (!desk) return;
      if ('proposal' in open) this.desk.go({ list: 'proposals', only: {}, item: open.proposal });
      else this.desk.go({ ...desk, only: without(desk.only, 'state'), item: open.id });
    } catch (error) {
      if (desk && desk.item !== item.id) this.desk.go({ ...desk, item: item.id });
      this.#item = item;
      this.#refused(error);
    }
  }

  /** Takes back what waits to be published, and shows the item again. */
  async #withdraw({ proposal }: Waiting, item: WorkItem): Promise<void> {
    await send(`/proposals/${proposal}/withdraw`, {}).catch(() => {}); // decided meanwhile: the item says how
    const { desk } = this.desk.store.state;
    if (desk) this.desk.go({ ...desk, item: item.id });
  }

  /** Says why it was not written; what somebody else did meanwhile is shown. */
  #refused(error: unknown): void {
    if (!(error instanceof Failure)) throw error;
    const now = error.problem.item as WorkItem | undefined;
    if (error.kind === 'conflict' && now) {
      this.#open(now, t(now.properties.state === 'open' ? 'item.moved' : 'item.quicker'));
      return;
    }
    const text = error.kind === 'conflict' ? t('item.edited') : error.kind === 'unfit' ? `${t('item.unfit')}${sentenceGap}${error.problem.detail ?? ''}` : t(error.kind === 'offline' ? 'error.offline' : error.kind === 'refused' ? 'desk.forbidden' : 'desk.failed');
    if (this.#item) this.#open(this.#item, text);
  }

  #settled(item: WorkItem): (HTMLElement | null)[] {
    const { settled, state } = item.properties;
    const wrote = settled?.wrote;
    return [
      settled ? h('p', { class: 'settled' }, settledLine({ ...settled, as: settled.as ?? state })) : null,
      h(
        'div',
        { class: 'actions' },
        wrote?.id ? button(t('item.show'), () => this.desk.store.set({ selected: { layer: wrote.layer, id: wrote.id }, route: false }), { class: 'outlined' }) : null,
        state === 'placed' || state === 'dropped' ? button(t('item.reopen'), () => void this.#takeBack(item), { class: 'outlined' }) : null,
      ),
    ];
  }
}

const without = (only: Readonly<Record<string, string>>, name: string): Record<string, string> => Object.fromEntries(Object.entries(only).filter(([key]) => key !== name));

function settledLine(s: Settled): string {
  return [t(`work.${s.as === 'open' || !s.as ? 'reopened' : s.as}`), format.moment(new Date(s.at)), s.note].filter(Boolean).join(' · ');
}

function lineTable(line: { column: string; value: string }[]): HTMLElement {
  const list = h('dl', {});
  for (const { column, value } of line) list.append(h('dt', {}, column), h('dd', {}, value));
  return h('details', { class: 'more', open: true }, h('summary', {}, t('item.line')), list);
}
