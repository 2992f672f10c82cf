// What a worker enters: an inspection, the figures of a building, a visit, or that
// something was looked at. Each is kept on the device first and sent afterwards.
import { button, h } from '../dom';
import { t } from '../i18n';
import * as format from '../format';
import { badge, checkedText, dueText, screenHead, term, titleOf, type My } from './frame';
import { askVisits } from './line';
import type { About, Sent } from './outbox';
import { counts, type Counted, type Own, type OwnBooth, type OwnBuilding } from './types';

type Children = (HTMLElement | null)[];

/** The seven checks of a booth: each is answered on the spot, so none is answered before. */
export function inspection(my: My, booth: OwnBooth): Children {
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  const form = h('form', { class: 'form checks7', novalidate: true });
  for (const check of my.work.checks) {
    const answer = (value: 'yes' | 'no'): HTMLElement => h('label', { class: 'answer' }, h('input', { type: 'radio', name: check.value, value }), h('span', {}, t(value === 'yes' ? 'my.yes' : 'my.no')));
    const before = booth.checked_on ? h('small', {}, t(booth.checks.includes(check.value) ? 'my.before.yes' : 'my.before.no')) : null;
    form.append(h('fieldset', { class: 'check7' }, h('legend', {}, term(my.work.checks, check.value), before), answer('yes'), answer('no')));
  }
  form.append(fault, h('button', { type: 'submit', class: 'filled' }, t('my.inspection.save')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const answers = new FormData(form);
    const open = my.work.checks.filter((check) => !answers.has(check.value));
    if (open.length > 0) {
      tell(fault, t('my.inspection.open', { n: open.length }));
      form.querySelector<HTMLElement>(`[name="${open[0]!.value}"]`)?.focus();
      return;
    }
    void my.submit(about('inspection', booth), inspectionOf(booth, my.work.checks.map((check) => check.value).filter((check) => answers.get(check) === 'yes'), my));
  });
  const number = booth.number?.replace(/(\d{4})(?=\d)/g, '$1 ');
  return [
    ...screenHead(titleOf(booth), number ? h('p', { class: 'number' }, t('my.number', { number })) : null, booth.where ? h('p', {}, booth.where) : null, h('p', { class: 'caption' }, `${dueText(booth, my.today())} · ${checkedText(booth)}`)),
    form,
  ];
}

const inspectionOf = (booth: OwnBooth, passed: string[], my: My): Sent => ({ method: 'POST', path: `/booths/${booth.id}/inspections`, body: { passed, on: my.today() } });

const patch = (own: Own, properties: Record<string, unknown>): Sent => ({ method: 'PATCH', path: `/collections/${own.layer}/items/${own.id}`, etag: own.etag, body: { properties } });

const about = (what: About['what'], own: Own): About => ({ what, layer: own.layer, id: own.id, title: titleOf(own) });

function tell(fault: HTMLElement, text: string): void {
  fault.textContent = text;
  fault.hidden = false;
}

const figureTexts = { households: 'my.households', residents: 'my.residents', rental_dwellings: 'my.rental' } as const;

/** A building: what is known of it, and what one does there. */
export function building(my: My, own: OwnBuilding): Children {
  const facts = h('dl', { class: 'facts' });
  for (const name of counts) {
    const value = own[name];
    facts.append(h('dt', {}, t(figureTexts[name])), h('dd', {}, value === null ? t('my.unknown') : format.number(value), own.estimated && name !== 'rental_dwellings' && value !== null ? badge(t('my.estimated')) : null));
  }
  facts.append(h('dt', {}, t('my.lastchecked')), h('dd', {}, checkedText(own)));
  const visits = h('div', {});
  void showVisits(my, own, visits);
  return [
    ...screenHead(titleOf(own), own.within && !titleOf(own).includes(own.within) ? h('p', {}, own.within) : null),
    facts,
    h('div', { class: 'actions' }, h('a', { class: 'filled', href: `#building/${own.id}/visit` }, t('my.visit')), h('a', { class: 'outlined', href: `#building/${own.id}/figures` }, t('my.figures'))),
    visits,
  ];
}

async function showVisits(my: My, own: OwnBuilding, box: HTMLElement): Promise<void> {
  try {
    const { visits } = await askVisits(own.id);
    if (visits.length === 0) return;
    box.replaceChildren(
      h('h2', {}, t('my.visits.month')),
      h('ul', { class: 'rows own' }, ...visits.map((visit) => h('li', { class: 'visit' }, h('b', {}, format.unbroken(visit.on)), ' ', visit.topics.map((topic) => term(my.work.topics, topic)).join(' · '), visit.note ? h('p', {}, visit.note) : null, h('p', { class: 'caption' }, visit.by)))),
    );
  } catch {
    box.replaceChildren(h('p', { class: 'caption' }, t('my.visits.offline')));
  }
}

/** The figures of a building; a figure that is left empty becomes unknown. */
export function figures(my: My, own: OwnBuilding): Children {
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  const fields = counts.map((name) => h('input', { id: name, name, inputmode: 'numeric', pattern: '[0-9]*', maxlength: 6, value: own[name] ?? '', autocomplete: 'off' }));
  const form = h('form', { class: 'form', novalidate: true });
  counts.forEach((name, i) => form.append(h('label', { for: name }, t(figureTexts[name])), fields[i]!));
  form.append(fault, h('button', { type: 'submit', class: 'filled' }, t('my.figures.save')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const entered: Partial<Record<Counted, number | null>> = {};
    for (const field of fields) {
      const text = field.value.trim();
      const wrong = !/^[0-9]{0,6}$/.test(text);
      field.setAttribute('aria-invalid', String(wrong));
      if (wrong) {
        tell(fault, t('my.figures.number'));
        field.focus();
        return;
      }
      const value = text === '' ? null : Number(text);
      const name = field.name as Counted;
      if (value !== own[name]) entered[name] = value;
    }
    if ((entered.rental_dwellings ?? own.rental_dwellings ?? 0) > (entered.households ?? own.households ?? Infinity)) {
      tell(fault, t('my.figures.rental'));
      fields[2]!.focus();
      return;
    }
    void my.submit(about('figures', own), patch(own, { ...entered, surveyed_on: my.today(), surveyed_by: my.work.account }));
  });
  return [...screenHead(titleOf(own), h('p', { class: 'caption' }, checkedText(own)), own.estimated ? h('p', { class: 'notice' }, t('my.figures.estimated')) : null), form, h('p', { class: 'caption' }, t('my.figures.who', { name: my.work.account }))];
}

const longestNote = 200;
// The numbers that the server refuses, too: geo/visit.
const personal = /(^|\D)((\+?86)?1[3-9]\d{9}|[1-9]\d{16}[\dXx])(\D|$)/;

/** A visit to a building: the day, what about, and a short note without anybody's data. */
export function visit(my: My, own: OwnBuilding): Children {
  const today = my.today();
  const day = h('input', { type: 'date', id: 'on', name: 'on', value: today, max: today, min: daysBefore(today, 30), required: true });
  const note = h('textarea', { id: 'note', name: 'note', rows: 3, maxlength: longestNote, 'aria-describedby': 'note-help' });
  const fault = h('p', { class: 'fault', role: 'alert', hidden: true });
  const topics = h('fieldset', { class: 'topics' }, h('legend', {}, t('my.topics')));
  for (const { value } of my.work.topics) topics.append(h('label', { class: 'choice' }, h('input', { type: 'checkbox', name: 'topics', value }), term(my.work.topics, value)));
  const form = h('form', { class: 'form', novalidate: true }, topics, h('label', { for: 'note' }, t('my.note')), note, h('p', { id: 'note-help', class: 'caption' }, t('my.note.help')), h('label', { for: 'on' }, t('my.on')), day, fault, h('button', { type: 'submit', class: 'filled' }, t('my.visit.save')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = new FormData(form).getAll('topics').map(String);
    const text = note.value.trim();
    const isPersonal = personal.test(text.replace(/[ \u00a0-]/g, ''));
    note.setAttribute('aria-invalid', String(isPersonal));
    day.setAttribute('aria-invalid', String(!day.checkValidity()));
    if (chosen.length === 0) {
      tell(fault, t('my.topics.missing'));
      topics.querySelector('input')?.focus();
    } else if (isPersonal) {
      tell(fault, t('my.note.personal'));
      note.focus();
    } else if (!day.checkValidity()) {
      tell(fault, t('my.on.wrong'));
      day.focus();
    } else {
      void my.submit(about('visit', own), { method: 'POST', path: '/visits', body: { building: own.id, on: day.value, topics: chosen, ...(text && { note: text }) } });
    }
  });
  return [...screenHead(t('my.visit.title', { name: titleOf(own) })), form];
}

const daysBefore = (day: string, n: number): string => new Date(Date.parse(day) - n * 86_400_000).toISOString().slice(0, 10);

/** Something else that is to be looked at: it is as the map says. */
export function look(my: My, own: Own): Children {
  return [
    ...screenHead(titleOf(own), own.where && own.where !== own.title ? h('p', {}, own.where) : null, h('p', { class: 'caption' }, `${dueText(own, my.today())} · ${checkedText(own)}`)),
    h('div', { class: 'actions' }, button(t('my.look.save'), () => void my.submit(about('look', own), patch(own, { surveyed_on: my.today(), surveyed_by: my.work.account })), { class: 'filled' }), h('a', { class: 'outlined', href: `/?view=${own.lon.toFixed(5)},${own.lat.toFixed(5)},18` }, t('my.look.map'))),
  ];
}
