// Tables to hand out: plain links to files of the server.
import { h } from '../dom';
import { config } from '../config';

export const csvLink = (table: 'upkeep' | 'reports', only: Readonly<Record<string, string>>, label: string): HTMLAnchorElement =>
  h('a', { class: 'outlined csv', href: `${table}.csv?${new URLSearchParams({ ...only, lang: config.language })}`, download: '' }, label);
