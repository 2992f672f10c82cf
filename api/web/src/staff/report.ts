// One report of a resident: what was said and photographed, where, and the next step
// that who is signed in may take.
import { askStaff, Failure, send } from '../api';
import { button, h } from '../dom';
import * as format from '../format';
import { t } from '../i18n';
import { boxOf } from '../shapes';
import type { Report, ReportState } from '../types';
import type { Drawer } from './drawer';
import { areaOf, dueOf, kindOf, lateChip, placeOf, stateChip } from './reports';

const phrases = ['reports.phrase.done', 'reports.phrase.mended', 'reports.phrase.fine'] as const;

export class ReportItem {
  #report: Report | null = null;

  constructor(private readonly desk: Drawer) {}

  async show(id: string): Promise<void> {
    const { signal } = this.desk;
    try {
      const report = await askStaff<Report>(`/reports/${id}`, {}, signal);
      if (!signal.aborted) this.#open(report);
    } catch (error) {
      this.desk.failed(error, () => void this.show(id));
    }
  }

  leave(): void {
    this.#report = null;
  }

  /** The map has come: it flies there. */
  catchUp(): void {
    const box = this.#report && boxOf(this.#report.geometry);
    if (box) this.desk.view()?.fit(box);
  }

  #open(report: Report, said: string | null = null): void {
    this.#report = report;
    this.desk.mark([report]);
    this.catchUp();
    const { properties: p } = report;
    const { of } = p;
    const back = (): void => {
      const { desk } = this.desk.store.state;
      if (desk) this.desk.go({ ...desk, item: null });
    };
    const photo = `reports/${report.id}/photo`;
    this.desk.fill(
      button(t('item.back'), back, { class: 'link back' }),
      said ? h('p', { class: 'told', role: 'alert' }, said) : null,
      h('h3', { class: 'name' }, placeOf(report), ' ', lateChip(report), ' ', stateChip(report)),
      h('p', {}, kindOf(report)),
      p.note ? h('p', { class: 'note' }, p.note) : null,
      p.photo ? h('a', { class: 'picture', href: photo, target: '_blank', rel: 'noopener' }, h('img', { src: photo, alt: t('reports.picture') })) : null,
      p.forgotten ? h('p', { class: 'note' }, t('reports.forgotten')) : null,
      p.answer ? h('p', { class: 'note' }, t('reports.answered.is', { text: p.answer })) : null,
      h('p', { class: 'caption' }, areaOf(report), h('br'), ...(dueOf(report) ? [dueOf(report), h('br')] : []), t('reports.receipt', { n: report.id.replace(/(.{5})(?=.)/g, '$1 ') })),
      ...this.#ways(report),
      of ? button(t('reports.place'), () => this.desk.store.set({ selected: { layer: of.layer, id: of.id }, route: false }), { class: 'outlined' }) : null,
      h('details', { class: 'more', open: p.steps.length > 1 }, h('summary', {}, t('reports.history')), h('ol', { class: 'steps' }, ...p.steps.map((step) => h('li', {}, this.#step(step))))),
    );
    this.desk.focus();
  }

  #step({ state, at, by, note }: Report['properties']['steps'][number]): string {
    return [t(`reports.is.${state}`), format.moment(new Date(at)), by ?? t('reports.resident'), note].filter(Boolean).join(' · ');
  }

  /** The form of the next step, and the button of the step back. */
  #ways(report: Report): HTMLElement[] {
    const { state, next } = report.properties;
    const [on, backwards] = next;
    if (!on) return [];
    const fault = h('p', { class: 'fault', role: 'alert' });
    const text = h('textarea', { id: 'report-text', rows: 3, maxlength: 500 });
    const go = (to: ReportState): void => {
      const typed = text.value.trim();
      if (to === 'answered' && typed === '') {
        fault.textContent = t('reports.answer.missing');
        text.focus();
        return;
      }
      void this.#move(report, to, on === 'answered' && to === on ? { answer: typed } : on === 'answered' ? {} : { note: typed }, fault);
    };
    const ask = on === 'answered' ? t('reports.answer') : t('reports.note');
    const chips = phrases.map((phrase) =>
      button(t(phrase), () => {
        text.value = t(phrase);
        text.focus();
      }, { class: 'chip' }),
    );
    return [
      h(
        'div',
        { class: 'act' },
        state !== 'accepted' && h('label', { for: 'report-text' }, ask),
        state !== 'accepted' && text,
        on === 'answered' && h('div', { class: 'chips' }, ...chips),
        fault,
        h(
          'div',
          { class: 'actions' },
          button(t(`reports.to.${on}`), () => go(on), { class: 'filled' }),
          backwards && button(t(backwards === 'working' ? 'reports.again' : `reports.to.${backwards}`), () => go(backwards), { class: 'outlined' }),
        ),
      ),
    ];
  }

  async #move(report: Report, state: ReportState, more: { note?: string; answer?: string }, fault: HTMLElement): Promise<void> {
    const busy = (is: boolean): void => document.querySelectorAll<HTMLButtonElement>('#desk .act button').forEach((b) => (b.disabled = is));
    busy(true);
    fault.textContent = '';
    try {
      this.#open(await send<Report>(`/reports/${report.id}/state`, { version: report.properties.version, state, ...more }));
    } catch (error) {
      busy(false);
      if (!(error instanceof Failure)) throw error;
      const now = error.problem.report as Report | undefined;
      if (error.kind === 'conflict' && now) this.#open(now, t('reports.moved'));
      else fault.textContent = t(error.kind === 'unfit' ? 'reports.unfit' : error.kind === 'offline' ? 'error.offline' : error.kind === 'refused' ? 'desk.forbidden' : 'desk.failed');
    }
  }
}
