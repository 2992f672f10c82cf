// The drawer of who works here, on the map: what imports left open, what has to be
// looked after, what waits to be published, or one item of these. What it shows stands
// in the address.
import { Failure } from '../api';
import type { Change } from '../changes';
import { config } from '../config';
import { button, byId, h } from '../dom';
import { t } from '../i18n';
import type { View } from '../map/view';
import { wide } from '../sheet';
import { deskLists, type DeskChoice, type Store } from '../state';
import type { Drawer } from './drawer';
import { Findings } from './findings';
import { Item } from './item';
import { Proposals } from './proposals';
import { Review } from './review';
import { ReportItem } from './report';
import { Reports } from './reports';
import { Work } from './work';

export class Desk implements Drawer {
  readonly store: Store;
  #open = byId<HTMLButtonElement>('desk-button');
  #drawer = byId('desk');
  #body = h('div', { class: 'body' });
  #asking: AbortController | null = null;
  #shown: DeskChoice | null = null;
  #item: Item;
  #review: Review;
  #report: ReportItem;

  constructor(
    store: Store,
    readonly view: () => View | null,
  ) {
    this.store = store;
    this.#item = new Item(this);
    this.#review = new Review(this);
    this.#report = new ReportItem(this);
    this.#open.hidden = !config.who;
    this.#open.addEventListener('click', () => (store.state.desk ? this.close() : this.go({ list: 'worklist', only: {}, item: null })));
    this.#drawer.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      const { desk } = store.state;
      if (desk?.item) this.go({ ...desk, item: null });
      else this.close();
    });
    store.on((now, before) => {
      if (now.desk !== before.desk) this.#draw();
    });
    this.#draw();
  }

  go(desk: DeskChoice): void {
    this.store.set({ desk });
  }

  close(): void {
    this.store.set({ desk: null });
    this.#open.focus();
  }

  mark(list: readonly { geometry: GeoJSON.Geometry | null }[] | null): void {
    this.#marked = list;
    this.view()?.showWork(list);
  }
  #marked: readonly { geometry: GeoJSON.Geometry | null }[] | null = null;

  /** The map has come. */
  catchUp(): void {
    this.view()?.showWork(this.#marked);
    this.#item.catchUp();
    this.#review.catchUp();
    this.#report.catchUp();
  }

  /** Something is other than before. */
  heard(change: Change): void {
    this.#review.heard(change);
  }

  aside(is: boolean): void {
    this.#drawer.classList.toggle('aside', is && !wide.matches);
  }

  fill(...content: (Node | null)[]): void {
    this.#body.replaceChildren(...content.filter((c) => c !== null));
  }

  focus(): void {
    this.#drawer.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    this.#drawer.scrollTop = 0;
  }

  get signal(): AbortSignal {
    return (this.#asking ??= new AbortController()).signal;
  }

  failed(error: unknown, again: () => void): void {
    if (this.signal.aborted) return;
    if (error instanceof Failure && error.kind === 'refused') {
      this.#refused();
      return;
    }
    const offline = error instanceof Failure && error.kind === 'offline';
    const missing = error instanceof Failure && error.kind === 'missing';
    this.fill(h('p', { role: 'alert' }, t(offline ? 'error.offline' : missing ? 'item.gone' : 'desk.failed')), button(t('retry'), again, { class: 'outlined' }));
  }

  /** Nobody has signed in, or who did may not. */
  #refused(): void {
    this.mark(null);
    this.fill(h('p', {}, t(config.who ? 'desk.forbidden' : 'desk.why')), h('a', { class: config.who ? 'outlined' : 'filled', href: `signin?to=${this.store.state.desk?.list === 'proposals' ? 'proposals' : 'staff'}` }, t('signin')));
  }

  #draw(): void {
    const { desk } = this.store.state;
    const was = this.#shown;
    this.#shown = desk;
    this.#asking?.abort();
    this.#asking = null;
    this.#item.leave();
    this.#review.leave();
    this.#report.leave();
    this.#drawer.hidden = desk === null;
    this.#open.setAttribute('aria-expanded', String(desk !== null));
    this.aside(false);
    if (!desk) {
      this.mark(null);
      this.#drawer.replaceChildren();
      return;
    }
    const titles = { proposals: 'proposal.title', reports: 'reports.one', worklist: 'item.title', upkeep: 'item.title' } as const;
    const title = t(desk.item ? titles[desk.list] : 'desk');
    const tabs = deskLists.map((list) =>
      button(t(`desk.${list}`), () => this.go({ list, only: {}, item: null }), { class: 'segment', 'aria-pressed': String(list === desk.list) }),
    );
    this.#drawer.replaceChildren(
      h('div', { class: 'head' }, h('h2', { tabindex: -1 }, title), button('×', () => this.close(), { class: 'close', 'aria-label': t('card.close') })),
      ...(!desk.item ? [h('div', { class: 'segments' }, ...tabs)] : []),
      this.#body,
      ...(!desk.item ? [h('p', { class: 'foot' }, h('a', { href: 'staff' }, t('desk.table')))] : []),
    );
    if (!config.who) {
      this.#refused();
      this.focus();
      return;
    }
    this.fill(h('p', { class: 'wait' }, t('list.loading')));
    if (desk.list === 'proposals') void (desk.item ? this.#review.show(desk.item) : new Proposals(this, desk).show());
    else if (desk.list === 'reports') void (desk.item ? this.#report.show(desk.item) : new Reports(this, desk).show());
    else if (desk.item) void this.#item.show(desk.item);
    else if (desk.list === 'worklist') void new Work(this, desk).show();
    else void new Findings(this, desk).show();
    if (was === null || was.item !== desk.item || was.list !== desk.list) this.focus();
  }
}
