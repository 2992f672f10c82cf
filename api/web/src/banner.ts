// One strip on top for what concerns the whole page: no network, old data. The
// gravest alone is shown.
import { onDataAge } from './api';
import { config } from './config';
import { byId } from './dom';
import * as format from './format';
import { t } from './i18n';

const minute = 60;
const hour = 60 * minute;

export function makeBanner(): void {
  let dataTime = new Date(config.dataTime);
  let age = (Date.now() - dataTime.getTime()) / 1000; // when an answer last stated it
  const show = (): void => {
    const banner = byId('banner');
    const [text, rank] = sentence(age, dataTime);
    banner.hidden = text === '';
    banner.textContent = text;
    banner.dataset.rank = rank;
    if (dataTime.getTime() > 0) byId('data-time').textContent = t('foot.time', { time: format.clock(dataTime) });
  };
  onDataAge((seconds) => {
    age = seconds;
    dataTime = new Date(Date.now() - seconds * 1000);
    show();
  });
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
}

function sentence(age: number, dataTime: Date): [text: string, rank: 'note' | 'warn' | 'grave'] {
  if (!navigator.onLine) return [t('banner.offline', { time: format.clock(dataTime) }), 'warn'];
  if (dataTime.getTime() <= 0 || age < 5 * minute) return ['', 'note'];
  if (age < hour) return [t('banner.minutes', { n: Math.floor(age / minute) }), 'note'];
  return [t('banner.hours', { n: Math.floor(age / hour) }), age < 24 * hour ? 'warn' : 'grave'];
}
