// What a checker can see of accessibility: names, roles, contrast. A canvas is
// invisible to it, which is why everything on the map is in the list.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, mapDrawn, phone, rows, serious, somewhere, withPage } from './harness.mjs';

/** Answers as of a store that has been away for a day and a half. */
const aged = (page) =>
  page.route('**/walk/circle*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'x-data-age': '130000' } });
  });

const cases = [
  ['list by day', desktop, '', async () => {}],
  ['list by night', { ...desktop, colorScheme: 'dark' }, '', async () => {}],
  ['phone', phone, '', async () => {}],
  ['large English', phone, '&big=1&lang=en', async () => {}],
  ['card with a route', desktop, '', async (page) => {
    await page.locator('.row').nth(1).click();
    await page.locator('#route-button').click();
    await page.locator('.steps li').first().waitFor();
  }],
  ['layers', desktop, '', (page) => page.click('#layers-button')],
  ['search', phone, '', async (page) => {
    await page.fill('#q', '社区');
    await page.locator('#suggestions .option').first().waitFor();
  }],
  ['old data', { ...phone, colorScheme: 'dark', prepare: aged }, '', (page) => page.locator('#banner[data-rank="grave"]').waitFor()],
  ['high contrast', { ...desktop, contrast: 'more' }, '', async () => {}],
];

for (const [name, options, query, act] of cases) {
  test(`nothing serious for axe: ${name}`, async () => {
    const { lon, lat } = await somewhere();
    await withPage(options, `/?from=${lon},${lat}${query}`, async (page) => {
      await rows(page);
      await act(page);
      await mapDrawn(page);
      assert.deepEqual(await serious(page), []);
    });
  });
}
