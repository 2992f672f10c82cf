// What is near: with the position, without it, and without script.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, mapDrawn, phone, serious, somewhere, withPage } from './harness.mjs';

const minutes = (page) => page.locator('#rows .minutes').evaluateAll((all) => all.map((one) => Number.parseInt(one.textContent, 10)));

/** Presses the button for the position, and finds another way when there is none. */
const refused = (page) =>
  page.evaluate(() => {
    navigator.geolocation.getCurrentPosition = (found, failed) => setTimeout(failed, 50);
  });

async function fromSearchToPlate(page, { booth }) {
  await page.fill('#q', booth.name);
  await page.locator('main form button').click();
  await page.locator('#found .rows a').first().click();
  await page.locator('#rows li').first().waitFor();
  assert.equal(await page.locator('nav.chips [aria-current]').first().textContent(), '修理', 'the kind is kept');
  const list = await minutes(page);
  assert.deepEqual(list, list.toSorted((a, b) => a - b));
  assert.deepEqual(await serious(page), []);
  const row = page.locator('#rows a').first();
  const name = await row.locator('b').textContent();
  await row.click();
  await page.waitForURL(/\/b\/\d{12}\?from=booths\.\d+$/);
  assert.equal(await page.locator('h1').textContent(), name);
  await page.locator('#walk .steps li').first().waitFor();
}

test('who refuses the position searches, and comes to a plate with the way there', async () => {
  const from = await somewhere();
  await withPage(phone, '/near?of=booths', async (page) => {
    assert.deepEqual(await serious(page), []);
    await refused(page);
    await page.click('#locate');
    await page.getByText('没拿到您的位置').waitFor();
    await fromSearchToPlate(page, from);
  });
});

test('near me is whole without script', async () => {
  const from = await somewhere();
  await withPage({ ...phone, javaScriptEnabled: false }, '/near?of=booths', async (page) => {
    assert.equal(await page.locator('#locate').isVisible(), false);
    await page.fill('#q', from.booth.name);
    await page.locator('main form button').click();
    await page.locator('#found .rows a').first().click();
    await page.locator('.tally a').click();
    await page.waitForURL(/open=1/);
    assert.equal(await page.locator('.tally a').getAttribute('aria-current'), 'true');
    await page.getByRole('link', { name: '改', exact: true }).click();
    for (let press = 0; (await page.locator('#areas a').count()) > 0 && press < 6; press++) await page.locator('#areas a').first().click();
    await page.locator('.start').waitFor(); // a community
    assert.match(page.url(), /from=places\.\d+/);
  });
});

test('a wait for the position can be ended', async () => {
  await withPage(phone, '/near', async (page) => {
    await page.evaluate(() => {
      navigator.geolocation.getCurrentPosition = () => {};
    });
    await page.click('#locate');
    await page.getByRole('button', { name: '不等了' }).click();
    await page.getByText('没拿到您的位置').waitFor();
    assert.equal(await page.locator('#locate').isEnabled(), true);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'refused');
  });
});

test('the position leads to the list', async () => {
  const { lon, lat } = await somewhere();
  const there = { permissions: ['geolocation'], geolocation: { longitude: lon, latitude: lat, accuracy: 30 } };
  await withPage({ ...phone, ...there }, '/near?of=booths', async (page) => {
    await page.click('#locate');
    await page.waitForURL(/lon=/);
    await page.locator('#rows li').first().waitFor();
    assert.match(await page.locator('.start').textContent(), /我的位置 ±30 米/);
  });
});

const key = ({ booth }) => `booths.${booth.id}`;
const pin = (page, n) => page.locator('.pin', { hasText: new RegExp(`^${n}$`) });
const has = (locator, name) => eventually(async () => assert.match(await locator.getAttribute('class'), new RegExp(`\\b${name}\\b`)));

test('on a wide screen the list and its map are twins', async () => {
  const from = await somewhere();
  await withPage(desktop, `/near?from=${key(from)}`, async (page) => {
    await mapDrawn(page);
    const count = await page.locator('#rows li').count();
    assert.equal(await page.locator('.pin').count(), count);
    const [list, map] = [await page.locator('#listing').boundingBox(), await page.locator('#map-box').boundingBox()];
    assert.ok(map.x >= list.x + list.width && map.y < 100, 'the map is not beside the list');
    await page.locator('#row-2 a').hover();
    await has(pin(page, 2), 'ringed');
    await page.locator('#row-3 a').focus();
    await has(pin(page, 3), 'ringed');
    await pin(page, count).press('Enter');
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.closest('li')?.id), `row-${count}`));
    await has(page.locator(`#row-${count}`), 'chosen');
    assert.deepEqual(await serious(page), []);
  });
});

test('the map keeps still while other kinds are asked for, and the way back leads through them', async () => {
  const from = await somewhere();
  await withPage(desktop, `/near?from=${key(from)}`, async (page) => {
    await mapDrawn(page);
    await page.evaluate(() => (window.gridatlas.kept = true));
    await page.locator('nav.chips a', { hasText: '修理' }).click();
    await page.waitForURL(/of=booths/);
    await page.locator('nav.chips.trades').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '修理', 'the focus was lost');
    assert.equal(await page.locator('.pin').count(), await page.locator('#rows li').count());
    await page.goBack();
    await page.locator('nav.chips.trades').waitFor({ state: 'detached' });
    await eventually(async () => assert.equal(await page.locator('.pin').count(), await page.locator('#rows li').count()));
    const before = await page.locator('#rows li').count();
    await page.locator('.more a').click();
    await page.locator(`#row-${before + 1}`).waitFor();
    await eventually(async () => assert.equal(await page.evaluate(() => document.activeElement.closest('li')?.id), `row-${before + 1}`));
    assert.ok(await page.evaluate(() => window.gridatlas.kept), 'the page was loaded anew');
  });
});

test('moving the map changes nothing until it is asked for', async () => {
  const from = await somewhere();
  await withPage(desktop, `/near?from=${key(from)}&of=facilities`, async (page) => {
    await mapDrawn(page);
    const names = () => page.locator('#rows b').allTextContents();
    const before = await names();
    await page.locator('.maplibregl-canvas').focus();
    for (let press = 0; press < 4; press++) await page.keyboard.press('ArrowRight');
    await page.locator('#map-here').waitFor();
    assert.deepEqual(await names(), before);
    await page.click('#map-here');
    await page.waitForURL(/by=point/);
    await page.getByText('从：地图上选的位置').waitFor();
    assert.notDeepEqual(await names(), before);
    const list = await minutes(page);
    assert.deepEqual(list, list.toSorted((a, b) => a - b));
    assert.equal(await page.locator('#map-here').isVisible(), false);
    assert.match(page.url(), /of=facilities/);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'count');
  });
});

test('a phone shows the list or the map, each with an address', async () => {
  const from = await somewhere();
  await withPage(phone, `/near?from=${key(from)}`, async (page) => {
    const sides = page.locator('#sides');
    const box = await sides.boundingBox();
    assert.ok(box.y + box.height <= 740 && box.y > 600, 'the switch is out of reach');
    assert.equal(await page.locator('#map-box').isVisible(), false);
    await sides.getByText('地图').tap();
    await page.waitForURL(/view=map/);
    await mapDrawn(page);
    assert.equal(await page.locator('#rows').isVisible(), false);
    await page.locator('#card a').waitFor();
    const free = await page.evaluate(() => {
      const seen = (pin) => {
        const { x, y, width, height } = pin.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === pin;
      };
      return [...document.querySelectorAll('.pin:not(.chosen)')].find(seen).textContent;
    });
    await pin(page, free).tap();
    await has(pin(page, free), 'chosen');
    assert.equal(await page.locator('#card a').getAttribute('href'), await page.locator(`#row-${free} a`).getAttribute('href'));
    assert.deepEqual(await serious(page), []);
    await page.locator('nav.chips a', { hasText: '充电' }).tap();
    await page.waitForURL(/of=facilities.*view=map/);
    await page.goBack();
    await page.goBack();
    await page.locator('#rows').waitFor();
    assert.doesNotMatch(page.url(), /view=map/);
    await page.reload();
    assert.equal(await page.locator('#map-box').isVisible(), false);
  });
});

test('a tap on the map leads to what is near it', async () => {
  await withPage(phone, '/near?of=booths', async (page) => {
    await page.locator('main > .actions a', { hasText: '在地图上点一下' }).tap();
    await page.waitForURL(/pick=1/);
    await mapDrawn(page);
    assert.deepEqual(await serious(page), []);
    const there = await page.evaluate(() => window.gridatlas.map.unproject([120, 150]).toArray());
    await page.locator('.maplibregl-canvas').tap({ position: { x: 120, y: 150 } });
    await page.waitForURL(/\/near\?.*by=point/);
    await page.getByText('从：地图上选的位置').waitFor();
    const query = new URL(page.url()).searchParams;
    assert.ok(Math.abs(query.get('lon') - there[0]) < 1e-4 && Math.abs(query.get('lat') - there[1]) < 1e-4);
    assert.equal(query.get('of'), 'booths');
    await page.goBack();
    await page.locator('#map-take').waitFor();
  });
});

test('keys alone point out a place on the map', async () => {
  await withPage(desktop, '/near?pick=1', async (page) => {
    await mapDrawn(page);
    await page.locator('.maplibregl-canvas').focus();
    const centre = () => page.evaluate(() => window.gridatlas.map.getCenter().lng);
    const before = await centre();
    await page.keyboard.press('ArrowLeft');
    await eventually(async () => assert.ok((await centre()) < before));
    await page.locator('#map-take').press('Enter');
    await page.getByText('从：地图上选的位置').waitFor();
  });
});

test('without script or WebGL other ways are named instead of the map', async () => {
  const from = await somewhere();
  await withPage({ ...phone, javaScriptEnabled: false }, '/near?pick=1', async (page) => {
    assert.match(await page.locator('noscript p').innerText(), /显示不了地图/);
    assert.equal(await page.locator('#map-box').isVisible(), false);
    await page.locator('main a', { hasText: '从社区里选' }).click();
    await page.waitForURL(/\/near#areas/);
  });
  const blind = { prepare: (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)) };
  for (const device of [phone, desktop]) {
    await withPage({ ...device, ...blind }, '/near?pick=1', async (page) => {
      await page.getByText('这台设备显示不了地图').waitFor();
      assert.equal(await page.locator('#map-take').isVisible(), false);
      await page.locator('main a', { hasText: '输入地点或编号' }).waitFor();
    });
    await withPage({ ...device, ...blind }, `/near?from=${key(from)}&view=map`, async (page) => {
      await page.getByText('这台设备显示不了地图').waitFor();
      assert.equal(await page.locator('#rows').isVisible(), true);
      assert.equal(await page.locator('#map-box').isVisible(), false);
      assert.equal(await page.locator('#sides').isVisible(), false);
      assert.deepEqual(await serious(page), []);
    });
  }
});

test('typed degrees and a plate in any grouping are starts, without script too', async () => {
  const { lon, lat, booth } = await somewhere();
  await withPage({ ...phone, javaScriptEnabled: false }, '/near?of=booths', async (page) => {
    const search = async (text) => {
      await page.goto(page.url().replace(/\?.*/, '?of=booths'));
      await page.fill('#q', text);
      await page.locator('main form button').click();
    };
    const degrees = (v) => `${Math.floor(v)}度${((v % 1) * 60).toFixed(5)}分`;
    await search(`WGS-84：北纬${degrees(lat)}，东经${degrees(lon)}`);
    await page.locator('.start', { hasText: `${lon.toFixed(4)}` }).waitFor();
    assert.match(await page.locator('#row-1').textContent(), new RegExp(booth.name), 'the booth stands there');
    await search(`${lat.toFixed(6)} ${lon.toFixed(6)}`);
    await page.locator('#found a', { hasText: 'GCJ-02' }).click();
    await page.locator('.start').waitFor();
    await search(booth.number.replace(/(\d{5})(\d{3})/, '$1 $2－'));
    await page.locator('.start a', { hasText: booth.name }).waitFor();
    await search(booth.number.slice(0, 10) + booth.number.slice(10).split('').reverse().join(''));
    await page.locator('#found a', { hasText: booth.name }).waitFor();
  });
});

test('without a network the list stays and says so', async () => {
  const from = await somewhere();
  await withPage({ ...desktop, expect: /ERR_INTERNET_DISCONNECTED|Failed to fetch/ }, `/near?from=${key(from)}`, async (page, context) => {
    await mapDrawn(page);
    const names = await page.locator('#rows b').allTextContents();
    await context.setOffline(true);
    await page.getByText(/网络断开，显示 .* 的数据/).waitFor();
    await page.locator('nav.chips a', { hasText: '医疗' }).click();
    await page.getByText('列表还是刚才的').waitFor();
    assert.deepEqual(await page.locator('#rows b').allTextContents(), names);
    assert.deepEqual(await serious(page), []);
    await context.setOffline(false);
    await page.waitForFunction(() => document.getElementById('offline').textContent === '');
    await page.locator('nav.chips a', { hasText: '医疗' }).click();
    await page.waitForURL(/of=facilities/);
    assert.equal(await page.locator('#map-says').textContent(), '');
  });
});

test('a busy server leaves the list as it is', async () => {
  const from = await somewhere();
  await withPage(desktop, `/near?from=${key(from)}`, async (page) => {
    await mapDrawn(page);
    const address = page.url();
    await page.route(/of=shelters/, (route) => route.fulfill({ status: 503, body: 'busy' }));
    await page.locator('nav.chips a', { hasText: '避难' }).click();
    await page.getByText('现在人多').waitFor();
    assert.equal(page.url(), address);
    assert.ok((await page.locator('#rows li').count()) > 0);
  });
});

test('a map that does not load is asked for again', async () => {
  const from = await somewhere();
  await withPage({ ...desktop, expect: /ERR_FAILED|status of 500|Failed to fetch/, prepare: (page) => page.route('**/styles/day.json', (route) => route.fulfill({ status: 500 }), { times: 1 }) }, `/near?from=${key(from)}`, async (page) => {
    await page.getByText('地图没加载出来').waitFor();
    assert.equal(await page.locator('#rows').isVisible(), true);
    await page.locator('#map-says button').click();
    await page.waitForFunction(() => window.gridatlas?.map.loaded()); // not mapDrawn: the worker of the first map ended while it was asked for
    assert.equal(await page.locator('.maplibregl-canvas').count(), 1);
    assert.equal(await page.locator('#map-box').isVisible(), true);
  });
});

test('large letters on a narrow phone: nothing is pushed aside or covered', async () => {
  const from = await somewhere();
  for (const path of ['/near', '/near?pick=1', `/near?from=${key(from)}&of=booths`, `/near?from=${key(from)}&view=map`]) {
    await withPage({ ...phone, viewport: { width: 320, height: 640 } }, path, async (page) => {
      await page.evaluate(() => (document.documentElement.style.fontSize = '34px'));
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, `${path} scrolls sideways`); // innerWidth grows with what is too wide
      assert.deepEqual(await serious(page), []);
    });
  }
});
