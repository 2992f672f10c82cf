import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, json, mapDrawn, phone, rows, somewhere, withPage } from './harness.mjs';

const problem = (status, type, id) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: `urn:gridatlas:problem:${type}`, status, instance: `urn:gridatlas:request:${id}` }),
});

test('a server error names what still works, a number to quote, and a way to go on', async () => {
  let broken = true;
  const prepare = (page) => page.route('**/walk/circle*', (route) => (broken ? route.fulfill(problem(500, 'internal', '4f2a91')) : route.continue()));
  await withPage({ ...phone, prepare, expect: /500/ }, '/', async (page) => {
    const message = page.getByRole('alert');
    await message.waitFor();
    assert.match(await message.innerText(), /暂时查不到服务圈，地点信息照常可用。[\s\S]*编号 4f2a91/);
    broken = false;
    await message.getByRole('button', { name: '重试' }).click();
    await rows(page);
  });
});

test('a server that has just started is asked again by itself', async () => {
  let times = 0;
  const prepare = (page) => page.route('**/walk/circle*', (route) => (times++ === 0 ? route.fulfill(problem(503, 'no-network', '1')) : route.continue()));
  await withPage({ ...desktop, prepare, expect: /503/ }, '/', async (page) => {
    await page.getByText('服务刚启动').waitFor();
    await rows(page);
  });
});

test('too far from a street is a sentence, not a wrong circle', async () => {
  const { bounds } = await json('/tiles/map.json');
  await withPage({ ...desktop, expect: /422/ }, `/?from=${bounds[0] - 0.2},${bounds[1] - 0.2}`, async (page) => {
    await page.getByText('这里离最近的道路太远，走不过去。换个靠近道路的位置。').waitFor();
    await page.getByText('2000 米内没有可步行的街道').waitFor();
  });
});

test('a way that is shut says what stands in it', async () => {
  const { lon, lat, booth } = await somewhere();
  const shut = problem(404, 'no-route', '7');
  const why = { reason: 'shut', closure: { id: 3, name: '燃气抢修' }, text_zh: '被封闭区隔断：燃气抢修', text_en: 'A closure is in the way: 燃气抢修' };
  const prepare = (page) => page.route('**/walk/route*', (route) => route.fulfill({ ...shut, body: JSON.stringify({ ...JSON.parse(shut.body), ...why }) }));
  await withPage({ ...desktop, prepare, expect: /404/ }, `/?from=${lon},${lat}&show=booths/${booth.id}`, async (page) => {
    await page.locator('#route-button').click();
    await page.getByText('被封闭区隔断：燃气抢修').waitFor();
  });
});

test('nothing in reach says how far the nearest is', async () => {
  const { lon, lat } = await somewhere();
  const prepare = (page) =>
    page.route('**/walk/circle*', async (route) => {
      const response = await route.fetch();
      const answer = await response.json();
      for (const word of Object.keys(answer.reachable)) answer.reachable[word] = [];
      await route.fulfill({ response, json: answer });
    });
  await withPage({ ...desktop, prepare }, `/?from=${lon},${lat}&of=repair`, async (page) => {
    await page.getByText(/15 分钟内没有小蓝棚。最近的要走 \d+ 分钟。/).waitFor();
    await page.getByRole('button', { name: '看最近的' }).click();
    await page.locator('#card h2').waitFor();
  });
});

test('without a network the page stays and says so', async () => {
  await withPage({ ...desktop, expect: /ERR_INTERNET_DISCONNECTED|Failed to load/ }, '/', async (page, context) => {
    const before = await rows(page);
    await mapDrawn(page);
    await context.setOffline(true);
    await page.getByText(/网络断开，显示 \d\d:\d\d 的数据/).waitFor();
    assert.deepEqual(await rows(page), before);
    await page.selectOption('#speed', 'elder');
    await page.getByText('网络断开，现在查不了。').waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: '重试' }).click();
    await rows(page);
  });
});

test('old data is shown with its time and age, until an answer is fresh again', async () => {
  let age = '10800';
  const prepare = async (page) => {
    await page.clock.install();
    await page.route(/walk\/circle|readyz/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), 'x-data-age': age } });
    });
  };
  await withPage({ ...desktop, prepare }, '/', async (page) => {
    await page.getByText(/^数据更新于 (\d+月\d+日 )?\d\d:\d\d（3 小时前），请以现场情况为准。$/).waitFor();
    assert.equal(await page.locator('#banner').getAttribute('data-rank'), 'warn');
    age = '2'; // nobody asks for anything; the page looks by itself
    await page.clock.runFor(61_000);
    await page.locator('#banner').waitFor({ state: 'hidden' });
  });
});

test('without WebGL list, search and card work', async () => {
  const { lon, lat, booth } = await somewhere();
  const prepare = (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
  await withPage({ ...phone, prepare }, `/?from=${lon},${lat}&of=repair`, async (page) => {
    await page.getByText('这部设备显示不了地图，列表功能一样。').waitFor();
    await rows(page);
    await page.fill('#q', booth.number);
    await page.locator('#suggestions .option').first().click();
    await page.locator('#card h2').waitFor();
    await page.getByRole('button', { name: '路线' }).click();
    await page.locator('.steps li').first().waitFor();
  });
});

test('tiles that do not come are said once, and can be asked for again', async () => {
  let broken = true;
  const prepare = (page) => page.route('**/tiles/map/**', (route) => (broken ? route.abort() : route.continue()));
  await withPage({ ...desktop, prepare, expect: /ERR_FAILED/ }, '/', async (page) => {
    await page.getByText('地图没加载出来，列表可以照常用。').waitFor();
    assert.equal(await page.locator('.map-message').count(), 1);
    await rows(page);
    broken = false;
    await page.locator('.map-message').getByRole('button', { name: '重试' }).click();
    await mapDrawn(page);
    // Until the style has come again there are no layers to ask for.
    await page.waitForFunction(() => {
      const { map } = window.gridatlas;
      return map.getLayer('street-local') && map.queryRenderedFeatures(undefined, { layers: ['street-main', 'street-local'] }).length > 0;
    });
  });
});

test('a position that is refused leaves three other ways', async () => {
  await withPage({ ...desktop, permissions: [] }, '/', async (page) => {
    await mapDrawn(page);
    await page.click('#locate');
    await page.getByText('没拿到您的位置，可以这样找').waitFor();
    for (const name of ['在地图上点一下', '输入地点或编号', '地图中心']) assert.ok(await page.locator('#notice').getByRole('button', { name }).isVisible(), name);
    await page.locator('#notice').getByRole('button', { name: '在地图上点一下' }).click();
    await page.locator('#picking').waitFor();
    await page.mouse.click(800, 450);
    await page.waitForFunction(() => document.getElementById('from').textContent.includes('点选的位置'));
  });
});

test('my position starts the walk when it is given', async () => {
  const { lon, lat } = await somewhere();
  await withPage({ ...desktop, permissions: ['geolocation'], geolocation: { longitude: lon, latitude: lat, accuracy: 30 } }, '/', async (page) => {
    await mapDrawn(page);
    await page.click('#locate');
    await page.waitForFunction(() => document.getElementById('from').textContent === '从：我的位置 ±30 米');
    await page.waitForURL(/by=me/);
  });
});

test('without script there are lists and a search', async () => {
  const { booth } = await somewhere();
  await withPage({ ...phone, javaScriptEnabled: false }, '/', async (page) => {
    assert.ok((await page.locator('.entries li').count()) >= 10);
    await page.fill('#q', booth.number);
    await page.locator('#search .submit').click();
    await page.waitForURL((url) => url.searchParams.get('q') === booth.number);
    assert.match(await page.locator('.entries').innerText(), new RegExp(booth.name));
    assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth), 360);
  });
});
