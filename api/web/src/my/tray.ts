// What waits to be sent, and what came back.
import { button, h } from '../dom';
import * as format from '../format';
import { languageIndex, t } from '../i18n';
import { screenHead, term, type My } from './frame';
import type { Draft, Outbox } from './outbox';
import { counts, type Term } from './types';

const whatTexts = { inspection: 'my.what.inspection', figures: 'my.what.figures', visit: 'my.what.visit', look: 'my.what.look', report: 'my.what.report' } as const;

const nameOf = (draft: Draft): string => `${t(whatTexts[draft.about.what])}${languageIndex === 1 ? ': ' : '：'}${draft.about.title}`;

/** The strip above every screen; hidden when nothing is on the way. */
export function strip(outbox: Outbox, state: 'idle' | 'sending' | 'away' | 'signed-out', send: () => void): HTMLElement {
  const waiting = outbox.waiting.length;
  const returned = outbox.returned.length;
  const box = h('div', { id: 'tray', hidden: waiting + returned === 0 });
  if (waiting > 0) {
    const why = state === 'sending' ? t('my.sending') : state === 'signed-out' ? t('my.signed-out') : state === 'away' ? t('my.away') : '';
    box.append(
      h('p', { class: 'notice', 'data-is': 'warn' }, h('a', { href: '#tray' }, t('my.waiting', { n: waiting })), why ? ` ${why} ` : ' ', state === 'signed-out' ? h('a', { href: '/signin?to=my' }, t('signin')) : state === 'sending' ? null : button(t('my.send'), send, { class: 'link' })),
    );
  }
  if (returned > 0) box.append(h('p', { class: 'fault', role: 'alert' }, h('a', { href: '#tray' }, t('my.returned', { n: returned }))));
  return box;
}

/** The screen of all drafts. */
export function tray(my: My): (HTMLElement | null)[] {
  const { returned, waiting } = my.outbox;
  return [
    ...screenHead(t('my.tray')),
    returned.length + waiting.length === 0 ? h('p', {}, t('my.tray.empty')) : null,
    returned.length > 0 ? h('section', {}, h('h2', {}, t('my.returned', { n: returned.length })), ...returned.map((draft) => cameBack(my, draft))) : null,
    waiting.length > 0
      ? h('section', {}, h('h2', {}, t('my.waiting', { n: waiting.length })), h('ul', { class: 'rows own' }, ...waiting.map((draft) => h('li', { class: 'draft' }, h('b', {}, nameOf(draft)), h('p', { class: 'what' }, [contents(my, draft), format.moment(new Date(draft.made))].filter(Boolean).join(' · '))))))
      : null,
  ];
}

/** A draft that came back: what was entered beside what stands, and what can be done. */
function cameBack(my: My, draft: Draft): HTMLElement {
  const { returned } = draft;
  const theirs = returned?.theirs;
  const box = h('article', { class: 'came-back', 'data-key': draft.key }, h('h3', {}, nameOf(draft)));
  const values = mineOf(draft);
  if (theirs && values) {
    const steps = theirs.properties.steps as { at: string; by?: string }[] | undefined; // of a report
    const by = steps ? steps.at(-1)?.by : theirs.properties.surveyed_by;
    const on = steps ? steps.at(-1)?.at.slice(0, 10) : theirs.properties.surveyed_on;
    const table = h('table', {}, h('caption', {}, t('my.both')), h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, ''), h('th', { scope: 'col' }, t('my.mine')), h('th', { scope: 'col' }, t('my.theirs')))));
    const body = h('tbody', {});
    for (const [name, mine] of Object.entries(values)) {
      const now = theirs.properties[name];
      body.append(h('tr', {}, h('th', { scope: 'row' }, fieldTitle(name)), h('td', {}, said(my, name, mine)), h('td', {}, said(my, name, now))));
    }
    table.append(body);
    box.append(
      h('p', {}, t('my.changed', { by: typeof by === 'string' ? by : t('my.somebody'), on: typeof on === 'string' ? format.unbroken(on) : t('my.meanwhile') })),
      table,
      h('div', { class: 'actions' }, theirs.etag === null ? null : button(t('my.insist'), () => void my.insist(draft), { class: 'outlined' }), button(t('my.yield'), () => void my.outbox.drop(draft), { class: 'outlined' })),
    );
    return box;
  }
  box.append(
    h('p', {}, t(reasonOf(returned?.status ?? 0))),
    ...(returned?.detail ? [h('details', { class: 'more' }, h('summary', {}, t('my.detail')), h('p', { class: 'caption' }, returned.detail))] : []),
    h('p', { class: 'what' }, contents(my, draft)),
    h('div', { class: 'actions' }, button(t('my.again'), () => void my.insist(draft), { class: 'outlined' }), button(t('my.drop'), () => void my.outbox.drop(draft), { class: 'outlined' })),
  );
  return box;
}

const reasonOf = (status: number) => (status === 403 ? 'my.why.forbidden' : status === 404 || status === 412 || status === 409 ? 'my.why.gone' : 'my.why.refused') as 'my.why.forbidden' | 'my.why.gone' | 'my.why.refused';

/** What a draft writes into something that stands, without who and when. */
function mineOf({ about, request }: Draft): Record<string, unknown> | null {
  const body = request.body as { properties?: Record<string, unknown>; passed?: string[]; state?: string };
  if (about.what === 'inspection') return { checks: body.passed };
  if (about.what === 'report') return { state: body.state };
  if (!body.properties) return null;
  return Object.fromEntries(Object.entries(body.properties).filter(([name]) => (counts as readonly string[]).includes(name)));
}

const fieldTexts = { households: 'my.households', residents: 'my.residents', rental_dwellings: 'my.rental', checks: 'my.checks', state: 'my.report.state' } as const;

const fieldTitle = (name: string): string => (name in fieldTexts ? t(fieldTexts[name as keyof typeof fieldTexts]) : name);

function said(my: My, name: string, value: unknown): string {
  if (name === 'checks') return checksText(my.work.checks, Array.isArray(value) ? value.map(String) : []);
  if (name === 'state') return term(my.work.report_states, String(value));
  return value === null || value === undefined ? t('my.unknown') : String(value);
}

/** Seven checks in words: how many passed, and which did not. */
function checksText(checks: readonly Term[], passed: readonly string[]): string {
  const failed = checks.filter((check) => !passed.includes(check.value)).map((check) => term(checks, check.value));
  const sum = t('my.passed', { n: checks.length - failed.length, all: checks.length });
  return failed.length === 0 ? sum : `${sum}${languageIndex === 1 ? '; failed: ' : '；不合格：'}${failed.join(languageIndex === 1 ? ', ' : '、')}`;
}

/** What was entered, in a line. */
function contents(my: My, draft: Draft): string {
  const values = mineOf(draft);
  if (values) return Object.entries(values).map(([name, value]) => (name === 'checks' ? said(my, name, value) : `${fieldTitle(name)} ${said(my, name, value)}`)).join(' · ');
  const { on, topics = [], note } = draft.request.body as { on?: string; topics?: string[]; note?: string };
  return [on, topics.map((topic) => term(my.work.topics, topic)).join('、'), note].filter(Boolean).join(' · ');
}
