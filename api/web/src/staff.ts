// The page of who works here: what has to be looked after by community and layer,
// where each number leads to its list and the map, and a table for each steward.
import { askStaff, Failure } from './api';
import { makeBanner } from './banner';
import { loadCatalog } from './catalog';
import { makeBig, makeLanguage } from './choices';
import { button, byId, h } from './dom';
import * as format from './format';
import { t } from './i18n';
import { makeStewards } from './staff/stewards';
import { makeTable } from './staff/table';
import type { Proposals, ReportList, Stewards, Upkeep, Worklist } from './types';

const main = byId('table');
const heading = main.querySelector('h1')!;

async function show(): Promise<void> {
  main.replaceChildren(heading, h('p', { class: 'wait' }, t('list.loading')));
  try {
    const [upkeep, stewards, work, proposals, reports] = await Promise.all([
      askStaff<Upkeep>('/upkeep'),
      askStaff<Stewards>('/upkeep/stewards'),
      askStaff<Worklist>('/worklist', { limit: 1 }),
      askStaff<Proposals>('/proposals', { state: 'open', limit: 1 }),
      askStaff<ReportList>('/reports', { limit: 1 }),
    ]);
    const n = work.numberMatched;
    main.replaceChildren(
      h('div', { class: 'top' }, heading, h('a', { class: 'outlined', href: './' }, t('staff.map'))),
      h('p', { class: 'lead' }, format.unbroken(t('staff.lead', { on: upkeep.on }))),
      h('p', {}, n === 0 ? t('staff.work.none') : h('a', { href: './?desk=worklist' }, t('staff.work.n', { n: format.number(n) }))),
      proposals.numberMatched > 0 ? h('p', {}, h('a', { href: './?desk=proposals' }, t('staff.proposals.n', { n: format.number(proposals.numberMatched) }))) : '',
      reports.numberMatched > 0 ? h('p', {}, h('a', { href: './?desk=reports' }, t('staff.reports.n', { n: format.number(reports.numberMatched) }))) : '',
      makeTable(upkeep),
      makeStewards(stewards),
    );
  } catch (error) {
    const refused = error instanceof Failure && error.kind === 'refused';
    main.replaceChildren(
      heading,
      h('p', { role: 'alert' }, t(refused ? 'desk.forbidden' : 'desk.failed')),
      refused ? h('a', { class: 'outlined', href: 'signin?to=staff' }, t('signin')) : button(t('retry'), () => void show(), { class: 'outlined' }),
    );
  }
}

makeBanner();
makeBig(() => {});
makeLanguage();
await loadCatalog();
void show();
