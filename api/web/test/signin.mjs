// People sign in, do what they may, are refused what they may not, and sign out.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { code, desktop, eventually, onStore, phone, serious, withPage } from './harness.mjs';

const password = 'five willows by the river';

async function signIn(page, name, word = password) {
  await page.fill('#name', name);
  await page.fill('#password', word);
  await page.locator('main form button').click();
}

/** Asks from a page of the server, as its own script would. */
const ask = (page, method, path, body) =>
  page.evaluate(async ([method, path, body]) => {
    const headers = { 'If-Match': '*', 'Content-Type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/geo+json' };
    const answer = await fetch(path, { method, headers: method === 'GET' ? {} : headers, body });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  }, [method, path, body]);

test('somebody signs in, does something, is refused, and signs out', async () => {
  onStore('user add', 'wang', 'grid_worker', '--password', password);
  await withPage({ ...phone, expect: /status of 40[13]/ }, '/signin?to=worklist', async (page) => {
    assert.deepEqual(await serious(page), []);
    await signIn(page, 'wang', 'not the right one');
    await page.getByRole('alert').waitFor();
    assert.match(await page.getByRole('alert').innerText(), /不对/);
    assert.equal(await page.inputValue('#name'), 'wang');
    assert.equal(await page.inputValue('#password'), '', 'a password stands in a page');
    assert.deepEqual(await serious(page), []);
    await page.goto(new URL('/signin?lang=en', page.url()).href);
    await signIn(page, 'wang');
    await page.waitForURL((url) => url.pathname === '/');
    await eventually(async () => assert.match(await page.locator('footer').innerHTML(), /Signed in as wang/));

    const booths = await ask(page, 'GET', '/collections/booths/items?limit=1');
    const booth = `/collections/booths/items/${booths.body.features[0].id}`;
    assert.ok('surveyed_by' in booths.body.features[0].properties, 'what is for staff is not shown');
    assert.equal((await ask(page, 'PATCH', booth, '{"properties":{"landmark":"东门北50米"}}')).status, 200);
    const grids = await ask(page, 'GET', '/collections/grids/items?limit=1');
    const refused = await ask(page, 'PATCH', `/collections/grids/items/${grids.body.features[0].id}`, '{"properties":{"name":"甲"}}');
    assert.equal(refused.status, 403);
    assert.equal(refused.body.refused[0].action, 'draw');

    await page.goto(new URL('/signin', page.url()).href);
    await page.getByRole('heading', { name: 'Signed in as wang' }).waitFor();
    assert.deepEqual(await serious(page), []);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.pathname === '/');
    assert.equal((await ask(page, 'PATCH', booth, '{"properties":{"landmark":null}}')).status, 401);
    assert.ok(!('surveyed_by' in (await ask(page, 'GET', '/collections/booths/items?limit=1')).body.features[0].properties));
    assert.deepEqual(await page.context().cookies().then((all) => all.filter((cookie) => cookie.name.startsWith('__Host'))), []);
  });
});

test('a reviewer needs the code of a second factor; without a script, too', async () => {
  const secret = /app: ([A-Z2-7]+)/.exec(onStore('user add', 'li', 'reviewer', '--password', password))[1];
  await withPage({ ...desktop, javaScriptEnabled: false, colorScheme: 'dark', expect: /status of 401/ }, '/signin', async (page) => {
    assert.equal(await page.locator('#code').count(), 0);
    await signIn(page, 'li');
    await page.locator('#code').waitFor();
    await page.fill('#code', '000000');
    await signIn(page, 'li');
    await page.getByRole('alert').waitFor();
    await page.fill('#code', code(secret));
    await signIn(page, 'li');
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(new URL('/signin', page.url()).href);
    await page.getByRole('heading', { name: '已登录：li' }).waitFor();
    // Closed by somebody else, the account is out at the next step.
    onStore('user close', 'li');
    await page.reload();
    await page.locator('#password').waitFor();
  });
});
