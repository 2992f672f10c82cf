// One proposal: the border as it is and as it would be on the map, each change field
// by field, and what who looks at it may do: publish it, send it back with a reason,
// or take it back.
import { askStaff, Failure, send } from '../api';
import { fieldsOf, layerTitle } from '../catalog';
import { touches, type Change } from '../changes';
import { config } from '../config';
import { button, h } from '../dom';
import { fieldValue, titleOfField } from '../facts';
import * as format from '../format';
import { languageIndex, t, type Text } from '../i18n';
import { boxOf, type Box } from '../shapes';
import { wide } from '../sheet';
import type { ProposedChange, WholeProposal } from '../types';
import { updateLine } from '../update';
import type { Drawer } from './drawer';
import { byLine, countsOf, nameOf, stateOf } from './proposals';
import { reasonForm } from './reason';

const step = 30;
const reasons = ['refuse.unclear', 'refuse.ask', 'refuse.ground', 'refuse.missing'] as const;

type Act = WholeProposal['may'][number];

export class Review {
  #shown: WholeProposal | null = null;

  constructor(private readonly desk: Drawer) {}

  leave(): void {
    this.#shown = null;
    this.desk.view()?.showProposal(null);
  }

  async show(id: string, said: HTMLElement | null = null): Promise<void> {
    const { signal } = this.desk;
    try {
      const one = await askStaff<WholeProposal>(`/proposals/${encodeURIComponent(id)}`, {}, signal);
      if (!signal.aborted) this.#open(one, said);
    } catch (error) {
      this.desk.failed(error, () => void this.show(id));
    }
  }

  /** The map has come. */
  catchUp(): void {
    if (!this.#shown) return;
    this.#onMap(this.#shown);
    this.#fly(this.#shown.bbox);
  }

  /** Offers to look again when what it is about is other than before. */
  heard(change: Change): void {
    const one = this.#shown;
    if (one?.state !== 'open' || !one.bbox || document.querySelector('#desk .update') || !touches(change, one.layers.map(({ layer }) => layer), one.bbox)) return;
    document.querySelector('#desk .back')?.after(updateLine(() => void this.show(one.id)));
  }

  #open(one: WholeProposal, said: HTMLElement | null): void {
    const again = this.#shown?.id === one.id;
    this.#shown = one;
    this.desk.mark(null);
    this.#onMap(one);
    if (!again) this.#fly(one.bbox);
    const back = (): void => {
      const { desk } = this.desk.store.state;
      if (desk) this.desk.go({ ...desk, item: null });
    };
    this.desk.fill(
      button(t('item.back'), back, { class: 'link back' }),
      said,
      h('h3', { class: 'name' }, nameOf(one), ' ', stateOf(one)),
      h('p', { class: 'caption' }, byLine(one)),
      one.note ? h('p', {}, one.note) : null,
      one.reverts ? h('p', {}, t('proposal.reverts', { n: one.reverts })) : null,
      one.item ? h('p', {}, h('a', { href: `./?desk=worklist&desk.item=${encodeURIComponent(one.item)}` }, t('proposal.item'))) : null,
      one.decided ? h('p', { class: 'settled' }, t('proposal.decided', { who: one.by ?? '', when: format.moment(new Date(one.decided)) })) : null,
      one.reason ? h('p', { class: 'told reason' }, t('proposal.reason', { reason: one.reason })) : null,
      this.#movedLine(one),
      one.state === 'published' ? null : legend(one.changes),
      h('h3', {}, countsOf(one)),
      ...this.#changes(one),
      ...this.#acts(one),
    );
    this.desk.focus();
  }

  #onMap(one: WholeProposal): void {
    this.desk.view()?.showProposal(one.changes, one.state === 'published');
  }

  #fly(box: Box | null): void {
    if (box) this.desk.view()?.fit(box);
  }

  /** What others changed meanwhile stands in the way; what to do about it. */
  #movedLine(one: WholeProposal): HTMLElement | null {
    const n = one.changes.filter((change) => change.moved).length;
    if (n === 0) return null;
    return h('p', { class: 'told', role: 'alert' }, t(one.author === config.who ? 'proposal.moved.mine' : 'proposal.moved', { n }));
  }

  #changes(one: WholeProposal): HTMLElement[] {
    const list = h('ul', { class: 'changes' });
    const more = button('', () => add(true), { class: 'outlined wide' });
    const add = (focus = false): void => {
      const first = list.childElementCount;
      list.append(...one.changes.slice(first, first + step).map((change) => this.#change(change)));
      const left = one.changes.length - list.childElementCount;
      more.hidden = left === 0;
      more.textContent = t('list.more', { step: Math.min(step, left), n: format.number(one.changes.length) });
      if (focus) list.children[first]?.querySelector<HTMLElement>('button')?.focus();
    };
    add();
    return [list, more];
  }

  #change(change: ProposedChange): HTMLElement {
    const box = boxOf(...groundsOf(change));
    const show = (): void => {
      if (!wide.matches) this.#aside();
      this.#fly(box);
    };
    const act: Text = change.deleted ? 'change.removed' : change.id === undefined ? 'change.added' : 'change.changed';
    return h(
      'li',
      {},
      h('p', { class: 'line' }, h('span', {}, h('b', {}, change.title ?? layerTitle(change.layer)), ' ', h('small', {}, change.title ? layerTitle(change.layer) : '')), h('i', { class: `chip-kind ${change.moved ? 'danger' : 'closed'}` }, t(change.moved ? 'change.moved' : act))),
      change.deleted ? null : differences(change),
      box ? button(t('item.show'), show, { class: 'link mappable' }) : null,
    );
  }

  /** What who looks at it may do, and why not more. */
  #acts(one: WholeProposal): HTMLElement[] {
    const bar = h('div', { class: 'act verdict' });
    const look = !wide.matches && one.bbox ? button(t('proposal.look'), () => { this.#aside(); this.#fly(one.bbox); }, { class: 'outlined mappable' }) : null;
    if (one.may.includes('publish')) {
      const moved = one.changes.some((change) => change.moved);
      bar.append(h('div', { class: 'actions' }, moved ? null : button(t('proposal.publish'), () => this.#ask(one), { class: 'filled' }), look));
      return [reasonForm({ fold: 'proposal.refuse', why: 'refuse.why', missing: 'refuse.empty', go: 'proposal.refuse', reasons }, (reason) => void this.#decide(one, 'refuse', { reason })), bar];
    }
    const mine = one.may.includes('withdraw');
    if (one.state === 'open') bar.append(h('p', { class: 'hint' }, t(mine ? 'proposal.own' : 'proposal.cannot')));
    bar.append(h('div', { class: 'actions' }, mine ? button(t('proposal.withdraw'), () => void this.#decide(one, 'withdraw', {}), { class: 'outlined' }) : null, look));
    return [bar];
  }

  /** On a phone the map shows what is meant, over a strip that leads back. */
  #aside(): void {
    const bar = document.querySelector<HTMLElement>('#desk .verdict');
    if (!bar || !this.#shown) return;
    const before = [...bar.childNodes];
    const back = button(t('proposal.back'), () => {
      bar.replaceChildren(...before);
      this.desk.aside(false);
    }, { class: 'outlined' });
    bar.replaceChildren(...(this.#shown.state === 'published' ? [] : [legend(this.#shown.changes) ?? '']), h('div', { class: 'actions' }, back));
    this.desk.aside(true);
    back.focus();
  }

  /** Publishing is seen by everybody at once: it is asked for, with what it changes. */
  #ask(one: WholeProposal): void {
    const dialog = h('dialog', { class: 'asking', 'aria-labelledby': 'asking' });
    const publish = (): void => {
      dialog.close();
      void this.#decide(one, 'publish', undefined);
    };
    dialog.append(
      h('h2', { id: 'asking' }, t('proposal.sure', { name: nameOf(one) })),
      h('p', {}, t('proposal.sure.what', { what: countsOf(one) })),
      h('div', { class: 'actions' }, button(t('proposal.publish'), publish, { class: 'filled' }), button(t('proposal.not'), () => dialog.close(), { class: 'outlined' })),
    );
    dialog.addEventListener('keydown', (event) => event.stopPropagation()); // Escape shuts the dialog alone
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async #decide(one: WholeProposal, act: Act, body: Record<string, string> | undefined): Promise<void> {
    const buttons = document.querySelectorAll<HTMLButtonElement>('#desk .act button, #desk .drop button');
    buttons.forEach((b) => (b.disabled = true));
    const { signal } = this.desk;
    try {
      await send(`/proposals/${encodeURIComponent(one.id)}/${act}`, body ?? {});
      if (!signal.aborted) await this.show(one.id, h('p', { class: 'told', role: 'status' }, t(`done.${act}`, { name: nameOf(one) })));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (signal.aborted) return;
      buttons.forEach((b) => (b.disabled = false));
      const told = h('p', { class: 'told', role: 'alert' }, faultOf(error));
      // What stands by now may be the reason: it is shown anew.
      if (error.kind === 'conflict' || error.kind === 'unfit') await this.show(one.id, told);
      else this.#open(one, told);
    }
  }
}

/** Why a decision was not taken, and what to do. */
function faultOf(error: Failure): string {
  const type = (error.problem.type ?? '').replace('urn:gridatlas:problem:', '');
  if (type === 'proposal-decided') return t('fault.quicker');
  if (type === 'four-eyes') return t('proposal.own');
  if (error.kind === 'conflict') return t('fault.moved');
  if (error.kind === 'unfit') return t('fault.unfit');
  return t(error.kind === 'offline' ? 'error.offline' : error.kind === 'refused' ? 'proposal.cannot' : 'desk.failed');
}

/** Where to look: the ground that changes hands, else all of what it is about. */
function groundsOf(change: ProposedChange): GeoJSON.Geometry[] {
  const moves = change.differences.find(({ field }) => field === 'geometry');
  const hands = moves?.was && moves.is ? [change.gained?.geometry, change.lost?.geometry].filter((ground) => ground !== undefined) : [];
  return hands.length > 0 ? hands : ([moves?.was, moves?.is, change.geometry].filter(Boolean) as GeoJSON.Geometry[]);
}

/** What a feature says of itself now and would say. */
function differences(change: ProposedChange): HTMLElement {
  const fresh = change.id === undefined;
  const list = h('dl', {});
  for (const { field, was, is } of change.differences) {
    if (field === 'geometry') {
      list.append(h('dt', {}, t('change.border')), h('dd', {}, groundOf(change) || t(fresh ? 'change.drawn' : 'change.elsewhere')));
      continue;
    }
    const known = fieldsOf(change.layer).find(({ name }) => name === field);
    const text = (value: unknown): string => (known ? fieldValue(known, value) : String(value ?? '')) || t('change.nothing');
    list.append(h('dt', {}, titleOfField(change.layer, field)), h('dd', {}, ...(fresh ? [text(is)] : [h('s', {}, text(was)), ' → ', h('b', {}, text(is))])));
  }
  return list;
}

const groundOf = ({ gained, lost, id }: ProposedChange): string =>
  id === undefined
    ? ''
    : [gained ? t('change.gains', { area: format.area(gained.area_m2) }) : '', lost ? t('change.loses', { area: format.area(lost.area_m2) }) : ''].filter(Boolean).join(languageIndex === 1 ? ', ' : '，');

/** What the lines on the map mean; nothing where no border moves. */
function legend(changes: readonly ProposedChange[]): HTMLElement | null {
  if (!changes.some((change) => change.gained || change.lost)) return null;
  const entries = (['old', 'new', 'gained'] as const).map((part) => h('span', { class: `key ${part}` }, t(`legend.${part}`)));
  return h('p', { class: 'keys' }, ...entries);
}
