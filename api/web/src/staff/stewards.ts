// A table for each steward, to be handed out.
import { button, h } from '../dom';
import * as format from '../format';
import { t } from '../i18n';
import type { StewardCount, Stewards } from '../types';
import { csvLink } from './csv';
import { sumOf } from './kinds';

const step = 20;

export function makeStewards({ stewards, nobody }: Stewards): HTMLElement {
  let shown = step;
  const list = h('ul', { class: 'stewards' });
  const more = h('div', {});
  const filter = h('input', { type: 'search', placeholder: t('staff.find'), 'aria-label': t('staff.find') });
  const most = [...stewards].sort((a, b) => sumOf(b, null) - sumOf(a, null));
  const orphans = sumOf(nobody, null);

  const row = (who: string, n: number, steward: string): HTMLElement => {
    const file = csvLink('upkeep', { steward }, t('staff.table'));
    file.setAttribute('aria-label', `${t('staff.table')} ${who}`);
    return h('li', {}, h('span', { class: 'who' }, who), h('a', { href: `./?${new URLSearchParams({ desk: 'upkeep', 'desk.steward': steward })}`, 'aria-label': `${who} ${t('staff.todo', { n: format.number(n) })}` }, t('staff.todo', { n: format.number(n) })), file);
  };
  const draw = (): void => {
    const wanted = filter.value.trim();
    const found = most.filter((s: StewardCount) => s.who.includes(wanted));
    list.replaceChildren(
      ...(orphans > 0 && wanted === '' ? [row(t('upkeep.nobody'), orphans, '-')] : []),
      ...found.slice(0, shown).map((s) => row(s.who, sumOf(s, null), s.who)),
      ...(found.length === 0 && wanted !== '' ? [h('li', { role: 'status' }, t('staff.none'))] : []),
    );
    const left = found.length - shown;
    const next = (): void => {
      const first = shown + (orphans > 0 && wanted === '' ? 1 : 0);
      shown += step;
      draw();
      list.children[first]?.querySelector('a')?.focus();
    };
    more.replaceChildren(left > 0 ? button(t('list.more', { step: Math.min(step, left), n: format.number(found.length) }), next, { class: 'outlined wide' }) : '');
  };
  filter.addEventListener('input', () => {
    shown = step;
    draw();
  });
  draw();
  return h('section', { 'aria-label': t('staff.stewards') }, h('h2', {}, t('staff.stewards')), h('p', { class: 'lead' }, t('staff.stewards.lead')), h('div', { class: 'tools-row' }, filter, csvLink('upkeep', {}, t('staff.everything'))), list, more);
}
