// What residents reported in one's grids, and taking it on.
import { h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import { badge, list, row, screenHead, term, waits, type My } from './frame';
import type { Report, ReportState } from './types';

const nameOf = (my: My, { properties }: Report): string => [properties.of?.name, term(my.work.report_kinds, properties.kind)].filter(Boolean).join(' · ');

const since = ({ properties }: Report): string => format.moment(new Date(properties.steps[0]!.at));

/** By when an answer was promised; that the day is past, by a word and a shape. */
function dueOf({ properties: { due, overdue, state } }: Report): string {
  if (!due || state === 'answered') return '';
  const by = t('reports.due', { day: format.day(due) });
  return overdue ? `▲ ${t('reports.overdue')}${languageIndex === 1 ? ', ' : '，'}${by}` : by;
}

const stateBadge = (my: My, state: ReportState): HTMLElement => badge(term(my.work.report_states, state), state === 'accepted' ? 'danger' : state === 'working' ? 'warn' : 'open');

export function reportList(my: My): HTMLElement {
  return list(my.work.reports.map((one) => row(`#report/${one.id}`, nameOf(my, one), [since(one), dueOf(one), one.properties.note].filter(Boolean).join(' · '), waits(my, 'reports', one.id) ?? stateBadge(my, one.properties.state))), 5);
}

const doTexts = { accepted: 'my.report.back', working: 'my.report.take', settled: 'my.report.settle', answered: 'my.report.answer' } as const;
const longest = 500;

/** One report: what was said and seen, and the states to which it may be brought. */
export function report(my: My, one: Report): (HTMLElement | null)[] {
  const { kind, of, note, photo, state, next, steps } = one.properties;
  const remark = h('textarea', { id: 'remark', rows: 3, maxlength: longest });
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  const answers = next.includes('answered'); // what is written is for everybody then
  const bring = (to: ReportState): void => {
    const text = remark.value.trim();
    if (to === 'answered' && text === '') {
      fault.textContent = t('my.report.answer.missing');
      fault.hidden = false;
      remark.focus();
      return;
    }
    void my.submit(
      { what: 'report', layer: 'reports', id: one.id, title: nameOf(my, one) },
      { method: 'POST', path: `/reports/${one.id}/state`, body: { version: one.properties.version, state: to, ...(text && (to === 'answered' ? { answer: text } : { note: text })) } },
    );
  };
  return [
    ...screenHead(term(my.work.report_kinds, kind), of?.name ? h('p', {}, of.layer === 'booths' ? h('a', { href: `#booth/${of.id}` }, of.name) : of.name) : null, h('p', { class: 'standing' }, stateBadge(my, state), h('span', { class: 'number' }, t('my.report.number', { number: one.id.replace(/(\d{5})(?=\d)/g, '$1 ') }))), dueOf(one) ? h('p', {}, dueOf(one)) : null),
    note ? h('blockquote', {}, note) : null,
    photo ? h('img', { class: 'photo', src: `/reports/${one.id}/photo`, alt: t('my.report.photo'), loading: 'lazy' }) : null,
    h('ol', { class: 'rows own steps' }, ...steps.map((step) => h('li', {}, term(my.work.report_states, step.state), ' · ', format.moment(new Date(step.at)), step.by ? ` · ${step.by}` : null, step.note ? h('p', {}, step.note) : null))),
    next.length === 0
      ? null
      : h('div', { class: 'form' }, h('label', { for: 'remark' }, t(answers ? 'my.report.reply' : 'my.report.remark')), remark, fault, h('div', { class: 'actions' }, ...next.map((to, i) => h('button', { type: 'button', class: i === 0 ? 'filled' : 'outlined', click: () => bring(to) }, t(doTexts[to]))))),
  ];
}
