// The page of grid workers, /my. What they took along is shown at once, also without a
// net, and asked for anew where there is one; what they enter goes through the outbox.
import { byId, h, toast } from './dom';
import * as format from './format';
import { t } from './i18n';
import type { My } from './my/frame';
import { building, figures, inspection, look, visit } from './my/forms';
import { home } from './my/home';
import { draftsKept, forgetWork, keepWork, workKept } from './my/keep';
import { account, askGridAt, askWork, line, Refused } from './my/line';
import { Outbox, type About, type Draft, type End, type Sent } from './my/outbox';
import { report } from './my/reports';
import { strip, tray } from './my/tray';
import { forgetTyped, keepTyped } from './my/typed';
import type { Work } from './my/types';
import { whereIs, type Here } from './my/where';

const main = byId('main');
const retryMs = 30_000;

class Page implements My {
  work: Work;
  readonly outbox: Outbox;
  here: Here | null = null;
  #state: End | 'sending' = 'sent';
  #fresh: boolean; // what is shown came from the server just now

  constructor(work: Work, outbox: Outbox, fresh: boolean) {
    this.work = work;
    this.outbox = outbox;
    this.#fresh = fresh;
  }

  today(): string {
    const now = new Date();
    const day = `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
    return day > this.work.today ? day : this.work.today; // a phone may be behind its time
  }

  async submit(about: About, request: Sent): Promise<void> {
    try {
      await this.outbox.add(about, request);
    } catch {
      // The form stays as it is; the plain version sends without keeping anything.
      const fault = h('p', { class: 'fault', role: 'alert', id: 'not-kept' }, t('my.notkept'), ' ', h('a', { href: '/my/plain' }, t('plain.to')));
      document.getElementById('not-kept')?.remove();
      main.querySelector('form, .actions')?.append(fault);
      fault.scrollIntoView({ block: 'center' });
      return;
    }
    forgetTyped(this.outbox.account);
    toast(t('my.kept'));
    history.replaceState(null, '', '#');
    this.show(true);
    void this.send();
  }

  async insist(draft: Draft): Promise<void> {
    await this.outbox.insist(draft);
    await this.send();
  }

  stand(here: Here | null): void {
    this.here = here;
    this.show();
  }

  /** Sends what waits, one page of this browser at a time. */
  async send(): Promise<void> {
    if (this.outbox.waiting.length === 0) return;
    const before = this.outbox.waiting.length;
    this.#told('sending');
    const run = (): Promise<End> => this.outbox.read().then(() => this.outbox.send());
    const end = await (navigator.locks ? navigator.locks.request(`gridatlas-my ${this.outbox.account}`, run) : run());
    this.#told(end);
    if (end === 'sent' && this.outbox.returned.length === 0) toast(t('my.sent'));
    if (this.outbox.waiting.length < before) await this.refresh();
  }

  #told(state: End | 'sending'): void {
    this.#state = state;
    this.tell();
  }

  /** Shows anew what is on the way. */
  tell(): void {
    const box = strip(this.outbox, this.#state === 'sent' ? 'idle' : this.#state, () => void this.send());
    const standing = document.getElementById('tray');
    if (standing) standing.replaceWith(box);
    if (location.hash === '#tray') this.show();
  }

  /** Asks for what is taken along anew; the screen of a form stays as it is. */
  async refresh(grid: string | null = this.#chosen()): Promise<void> {
    try {
      const work = await askWork(grid);
      if (work.account !== this.outbox.account) {
        location.reload(); // somebody else has signed in since
        return;
      }
      this.work = work;
      this.#fresh = true;
      await keepWork(work);
    } catch (error) {
      if (error instanceof Refused) {
        this.#fresh = false;
        if (error.status === 401) this.#told('signed-out');
      }
    }
    if (this.here) this.here = whereIs(this.here.at, this.here.accuracy, this.work);
    if (!main.querySelector('form')) this.show();
  }

  #chosen(): string | null {
    return this.work.numberMatched > this.work.grids.length ? (this.work.grids[0]?.code ?? null) : null;
  }

  /** Shows the screen that the address names. */
  show(moved = false): void {
    const screen = this.#screen();
    const age = this.#age();
    main.replaceChildren(...([age, h('div', { id: 'tray' }), ...screen].filter(Boolean) as HTMLElement[]));
    byId('tray').replaceWith(strip(this.outbox, this.#state === 'sent' ? 'idle' : this.#state, () => void this.send()));
    const form = main.querySelector('form');
    if (form) keepTyped(form, this.outbox.account);
    if (moved) {
      scrollTo(0, 0);
      main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
    }
  }

  /** Why what is shown is not of now; null: it is, or the strip of what waits says why. */
  #age(): HTMLElement | null {
    if (this.#fresh) return null;
    const notice = (...words: (string | HTMLElement)[]): HTMLElement => h('p', { id: 'age', class: 'notice', 'data-is': 'warn' }, ...words);
    if (this.#state !== 'signed-out') return notice(t('my.offline', { time: format.moment(new Date(this.work.at)) }));
    return this.outbox.waiting.length > 0 ? null : notice(t('my.signed-out'), ' ', h('a', { href: '/signin?to=my' }, t('signin')));
  }

  #screen(): (HTMLElement | null)[] {
    const [what, id, then] = location.hash.slice(1).split('/');
    const by = (all: { id: number }[]) => all.find((one) => one.id === Number(id));
    switch (what) {
      case 'tray':
        return tray(this);
      case 'booth': {
        const booth = by(this.work.booths) as Work['booths'][number] | undefined;
        if (booth) return inspection(this, booth);
        break;
      }
      case 'building': {
        const own = by(this.work.buildings) as Work['buildings'][number] | undefined;
        if (own) return then === 'visit' ? visit(this, own) : then === 'figures' ? figures(this, own) : building(this, own);
        break;
      }
      case 'report': {
        const one = this.work.reports.find((report) => report.id === id);
        if (one) return report(this, one);
        break;
      }
      case 'look': {
        const own = this.work.due.find((one) => one.layer === id && one.id === Number(then));
        if (own) return look(this, own);
      }
    }
    return [
      h('h1', { tabindex: -1 }, t('my')),
      ...home(this, {
        seek: (lon, lat) => this.#seek(lon, lat),
        choose: (code) => void this.refresh(code),
      }),
    ];
  }

  /** Takes along the grid at a point, if it is one of the account's; else says whose ground that is. */
  async #seek(lon: number, lat: number): Promise<string> {
    let grid: { code: string; name: string };
    try {
      grid = await askGridAt(lon, lat);
    } catch (error) {
      return t(error instanceof Refused && error.status === 404 ? 'my.here.outside' : 'my.here.offline');
    }
    if (!this.work.choices.some((own) => own.code === grid.code) && this.work.numberMatched <= this.work.choices.length) return t('my.here.others', { name: grid.name });
    await this.refresh(grid.code);
    const here = whereIs([lon, lat], null, this.work);
    if (!here.grid) return t('my.here.others', { name: grid.name });
    this.stand(here);
    return '';
  }
}

async function begin(): Promise<void> {
  const name = account();
  if (!name) {
    await forgetWork().catch(() => undefined);
    main.replaceChildren(h('h1', {}, t('my')), h('p', {}, t('my.nobody')), h('p', { class: 'actions' }, h('a', { class: 'filled', href: '/signin?to=my' }, t('signin'))));
    return;
  }
  let page: Page | null = null;
  const outbox = new Outbox(name, draftsKept, line, () => page?.tell());
  await outbox.read().catch(() => undefined); // a device that keeps nothing says so when something is to be kept
  const kept = await workKept(name).catch(() => undefined);
  let work = kept;
  try {
    work ??= await askWork(null);
  } catch (error) {
    failed(error instanceof Refused ? error.status : 0);
    return;
  }
  const opened = (page = new Page(work, outbox, !kept));
  opened.show();
  addEventListener('hashchange', () => opened.show(true));
  addEventListener('online', () => void opened.send().then(() => opened.refresh()));
  addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void opened.send());
  setInterval(() => navigator.onLine && void opened.send(), retryMs);
  if (kept) await opened.refresh();
  else void keepWork(work).catch(() => undefined);
  await opened.send();
}

function failed(status: number): void {
  main.replaceChildren(
    h('h1', {}, t('my')),
    h('p', { class: 'notice', 'data-is': 'warn', role: 'alert' }, t(status === 403 ? 'my.forbidden' : status === 401 ? 'my.nobody' : 'my.unreached')),
    h('p', { class: 'actions' }, h('a', { class: 'filled', href: status === 401 ? '/signin?to=my' : '/my' }, t(status === 401 ? 'signin' : 'retry'))),
  );
}

document.documentElement.classList.add('scripted');
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/my/worker.js', { scope: '/my' }).catch(() => undefined); // without it the page opens with a net alone
void begin();
