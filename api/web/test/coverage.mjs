// The coverage: its total, its blind spots as a list that zooms, and the map in the
// colours of both.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { desktop, eventually, json, mapDrawn, phone, serious, somewhere, withPage } from './harness.mjs';

/** Waits for an answer about coverage that a page gets while something is done. */
async function answerOf(page, act, path = '/coverage') {
  const [response] = await Promise.all([page.waitForResponse((r) => new URL(r.url()).pathname === path && r.ok()), act()]);
  return { query: new URL(response.url()).searchParams, ...(await response.json()) };
}

/** The answer about coverage that a page asks for when it is opened: prepare goes to withPage. */
function firstAnswer(path = '/coverage') {
  let answer;
  const prepare = (page) => {
    answer = page.waitForResponse((r) => new URL(r.url()).pathname === path && r.ok());
    answer.catch(() => {}); // of a page that failed before it asked
  };
  return { prepare, answer: () => answer };
}

const number = (text) => Number(text.replaceAll(',', ''));
const outside = (row) => row.households - row.households_in;

/** Waits until the list stands, and returns its rows. */
async function spots(page) {
  await page.locator('.spot').first().waitFor();
  return page.locator('.spot').evaluateAll((all) =>
    all.map((spot) => ({ id: Number(spot.dataset.area), name: spot.querySelector('.name').textContent, share: spot.querySelector('.share').textContent, out: spot.querySelector('.out').textContent })),
  );
}

const sees = ([west, south, east, north]) =>
  new Function(`
    const { map } = window.gridatlas;
    const panel = document.getElementById('panel').getBoundingClientRect();
    const canvas = map.getCanvas().getBoundingClientRect();
    const covered = innerWidth < 800 ? canvas.bottom - panel.top : 0;
    const nw = map.project([${west}, ${north}]), se = map.project([${east}, ${south}]);
    return !map.isMoving() && nw.x >= 0 && nw.y >= 0 && se.x <= canvas.width && se.y <= canvas.height - covered && Math.max((se.x - nw.x) / canvas.width, (se.y - nw.y) / (canvas.height - covered)) > 0.3;
  `);

for (const [name, options] of [['desktop', desktop], ['phone', phone]]) {
  test(`coverage on a ${name}: the total, the worst area first, and the map goes there`, async () => {
    await withPage(options, '/', async (page) => {
      await mapDrawn(page);
      const { query, total, rows } = await answerOf(page, () => page.click('#coverage-button'));
      assert.deepEqual([query.get('of'), query.get('minutes'), query.get('by'), query.get('speed')], ['booths', '15', 'community', 'planner']);
      const listed = await spots(page);
      assert.equal(await page.locator('#nearby').isVisible(), false);
      const text = await page.locator('.total').innerText();
      const [, share] = /覆盖 ([\d.]+)% 的住户/.exec(text);
      assert.ok(Math.abs(share - (100 * total.households_in) / total.households) <= 0.05, text);
      const [, households, people] = /([\d,]+) 户 · ([\d,]+) 人在 15 分钟内/.exec(text);
      assert.deepEqual([number(households), number(people)], [total.households_in, total.people_in]);
      const [, without, buildings] = /还有 ([\d,]+) 户 · ([\d,]+) 栋楼在外/.exec(text);
      assert.deepEqual([number(without), number(buildings)], [outside(total), total.buildings - total.buildings_in]);
      assert.match(text, /按 .*的数据 · 演示数据/);

      // All of the list that says households is in order, and says what the answer says.
      const byId = new Map(rows.map((row) => [row.id, row]));
      const told = listed.map((spot) => byId.get(spot.id)).filter((row) => row.households_in !== null);
      assert.ok(told.length > 10, `${told.length} rows with households`);
      assert.deepEqual(told.map(outside), told.map(outside).sort((a, b) => b - a));
      assert.ok(rows.every((row) => row.households_in === null || listed.some((spot) => spot.id === row.id) || outside(row) <= outside(told.at(-1))), 'a worse area is not listed');
      for (const spot of listed) {
        const row = byId.get(spot.id);
        assert.equal(spot.name, row.name);
        if (row.households_in !== null && outside(row) > 0) assert.equal(number(/^([\d,]+) 户在外/.exec(spot.out)[1]), outside(row));
        else assert.doesNotMatch(spot.out, /\d 户/, 'few people are told of');
      }

      const [worst] = listed;
      const list = await answerOf(page, () => page.locator('.spot').first().click(), '/coverage/outside');
      await page.waitForFunction(sees(byId.get(worst.id).bbox));
      await page.waitForURL(new RegExp(`area=${worst.id}`));
      assert.equal(list.query.get('code'), byId.get(worst.id).code);
      assert.equal(list.matched, byId.get(worst.id).buildings - byId.get(worst.id).buildings_in);
      await page.locator('.outside button').first().waitFor();
      await eventually(async () => assert.equal(await page.locator('.outside button').count(), Math.min(30, list.matched)));
      await page.locator('.outside button').first().focus();
      await page.locator('.mark.ring').waitFor();
      await mapDrawn(page);
      await page.waitForFunction(() => window.gridatlas.map.queryRenderedFeatures({ layers: ['coverage-chosen'] }).length > 0);
      await page.goBack();
      await page.locator('.outside').waitFor({ state: 'detached' });
      await page.locator('.mark.ring').waitFor({ state: 'detached' });
      await page.goBack();
      await page.locator('#nearby').waitFor();
      await page.waitForFunction(() => window.gridatlas.map.getLayoutProperty('coverage-area', 'visibility') === 'none');
    });
  });
}

test('buildings have the colours of their minutes, dots stand on those outside, the legend counts them', async () => {
  const { lon, lat } = await somewhere();
  const { prepare, answer } = firstAnswer('/coverage/buildings');
  await withPage({ ...desktop, prepare }, `/?view=${lon},${lat},15&of=health&coverage=community&within=5`, async (page) => {
    const { ids, minutes, points } = await (await answer()).json();
    await page.waitForFunction(() => document.querySelectorAll('#legend .count').length === 3);
    await mapDrawn(page);
    const wanted = new Map(ids.map((id, i) => [id, minutes[i] === null || minutes[i] > 10 ? 5 : minutes[i] > 5 ? 4 : 0]));
    const state = await page.evaluate(() => ({
      drawn: window.gridatlas.map.queryRenderedFeatures({ layers: ['coverage-building'] }).map((f) => [f.id, f.state.class ?? null]),
      dots: window.gridatlas.map.queryRenderedFeatures({ layers: ['coverage-outside'] }).map((f) => f.id),
      bounds: window.gridatlas.map.getBounds().toArray().flat(),
    }));
    assert.ok(state.drawn.length > 100, `${state.drawn.length} buildings are drawn`);
    for (const [id, given] of state.drawn) assert.equal(given, wanted.get(id) ?? null, `building ${id}`);
    const [west, south, east, north] = state.bounds;
    const inSight = points.map(([x, y]) => x >= west && x <= east && y >= south && y <= north);
    const outside = new Set(ids.filter((id, i) => wanted.get(id) >= 4));
    assert.deepEqual(state.dots.filter((id) => !outside.has(id)), []);
    for (const [i, id] of ids.entries()) if (inSight[i] && outside.has(id)) assert.ok(state.dots.includes(id), `no dot on ${id}`);
    const counts = await page.locator('#legend .count').allInnerTexts();
    const expected = [0, 4, 5].map((c) => ids.filter((id, i) => inSight[i] && wanted.get(id) === c).length);
    assert.deepEqual(counts.map((text) => number(text.replace(' 栋', ''))), expected);

    // Another limit needs no new buildings, and colours them anew.
    let asked = 0;
    page.on('request', (request) => (asked += request.url().includes('/coverage/buildings')));
    await page.locator('#coverage').getByRole('button', { name: '15 分钟' }).click();
    await page.waitForFunction(() => document.querySelectorAll('#legend .count').length === 5);
    assert.equal(asked, 0);
    const total = (await page.locator('#legend .count').allInnerTexts()).map((text) => number(text.replace(' 栋', ''))).reduce((a, b) => a + b);
    assert.equal(total, expected.reduce((a, b) => a + b));
  });
});

test('from afar areas are tinted by their share, and a press on one chooses it', async () => {
  await withPage(desktop, '/?of=shelter&coverage=community', async (page) => {
    await spots(page);
    await mapDrawn(page);
    const { rows } = await answerOf(page, () => page.locator('#coverage').getByRole('button', { name: '30 分钟' }).click());
    await page.click('#whole');
    await mapDrawn(page);
    const share = (row) => (row.households_in === null || !row.households ? (100 * row.buildings_in) / row.buildings : (100 * row.households_in) / row.households);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const breaks = [0, 60, 75, 90, 97, Infinity];
    const shares = rows.filter((row) => row.id !== null && row.buildings > 0).map(share);
    const wanted = breaks.slice(0, -1).map((from, i) => shares.filter((s) => s >= from && s < breaks[i + 1]).length);
    await eventually(async () => {
      const drawn = await page.evaluate(() => window.gridatlas.map.queryRenderedFeatures({ layers: ['coverage-area'] }).map((f) => [f.id, f.properties.kind, f.state.share ?? null]));
      const communities = drawn.filter(([, kind]) => kind === 'community');
      assert.ok(communities.length > 100);
      for (const [id, kind, given] of drawn) {
        if (kind !== 'community') assert.equal(given, null, `${kind} ${id} is tinted too`);
        else assert.equal(given, byId.get(id).buildings ? share(byId.get(id)) : null, `community ${id}`);
      }
      const counts = (await page.locator('#legend .count').allInnerTexts()).map((text) => Number.parseInt(text, 10));
      assert.deepEqual(counts, wanted);
    });

    const [first] = await spots(page);
    const at = await page.evaluate((id) => {
      const { map } = window.gridatlas;
      const canvas = map.getCanvas().getBoundingClientRect();
      for (let y = 20; y < canvas.height - 20; y += 4) {
        for (let x = 20; x < canvas.width - 320; x += 4) {
          const found = map.queryRenderedFeatures([x, y]);
          if (found.some((f) => f.layer.id === 'hit-community' && f.id === id) && !found.some((f) => /^(icon|dot|label|street)/.test(f.layer.id))) return { x: x + canvas.x, y: y + canvas.y };
        }
      }
      return null;
    }, first.id);
    await page.mouse.click(at.x, at.y);
    await page.waitForURL(new RegExp(`area=${first.id}`));
    await page.locator(`[data-area="${first.id}"][aria-expanded="true"]`).waitFor();
  });
});

test('an address brings the coverage back, Escape and the button close it', async () => {
  const { features } = await json('/collections/grids/items?limit=1');
  const path = `/?of=repair&coverage=grid&kind=shoe&within=10&speed=elder&area=${features[0].id}`;
  const { prepare, answer } = firstAnswer();
  await withPage({ ...desktop, prepare }, path, async (page) => {
    const query = new URL((await answer()).url()).searchParams;
    assert.equal(query.get('by'), 'grid');
    assert.deepEqual([query.get('of'), query.get('minutes'), query.get('speed')], ['booths.shoe', '10', 'elder']);
    await spots(page);
    assert.equal(await page.locator('#coverage h2').innerText(), '修鞋覆盖');
    const pressed = await page.locator('#coverage [aria-pressed="true"]').allInnerTexts();
    assert.deepEqual(pressed, ['10', '按网格']);
    await mapDrawn(page);
    const drawn = () => page.evaluate(() => [...new Set(window.gridatlas.map.queryRenderedFeatures().map((f) => f.sourceLayer ?? f.source))]);
    assert.ok(!(await drawn()).some((layer) => ['circle', 'facilities', 'shelters'].includes(layer)), 'what the coverage is not of is drawn');
    await page.locator('#coverage h2').focus();
    await page.keyboard.press('Escape');
    await page.locator('#list .row, #list .message').first().waitFor();
    await page.waitForFunction(() => document.activeElement.id === 'coverage-button');
    assert.doesNotMatch(page.url(), /coverage|kind|within|area/);
    await mapDrawn(page);
    await eventually(async () => assert.ok((await drawn()).includes('circle')));
    await page.click('#coverage-button');
    await spots(page);
    await page.waitForFunction(() => document.activeElement.tagName === 'H2');
    await page.click('#coverage-button');
    await page.locator('#coverage').waitFor({ state: 'hidden' });
  });
});

test('another category, kind and speed are another coverage', async () => {
  await withPage(desktop, '/?coverage=street', async (page) => {
    await spots(page);
    const asked = async (act) => {
      const { query, total } = await answerOf(page, act);
      await page.waitForFunction((n) => document.querySelector('.total').innerText.replaceAll(',', '').includes(`${n} 户`), total.households_in);
      return ['of', 'by', 'speed', 'minutes'].map((name) => query.get(name)).join(' ');
    };
    assert.equal(await asked(() => page.locator('#chips').getByRole('button', { name: '医疗' }).click()), 'facilities.clinic,facilities.hospital,facilities.pharmacy street planner 15');
    assert.equal(await asked(() => page.getByLabel('具体类别').selectOption('pharmacy')), 'facilities.pharmacy street planner 15');
    assert.equal(await asked(() => page.locator('#coverage').getByLabel('步行速度').selectOption('elder')), 'facilities.pharmacy street elder 15');
    assert.equal(await asked(() => page.locator('#chips').getByRole('button', { name: '避难' }).click()), 'shelters street elder 15');
    assert.equal(await page.locator('#chips').getByRole('button', { name: '全部' }).isVisible(), false);
  });
});

/** Answers about coverage, changed on their way. */
const changed = (change) => (page) =>
  page.route('**/coverage?*', async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    for (const sums of [answer.total, ...answer.rows]) change(sums, answer);
    await route.fulfill({ response, json: answer });
  });

test('no blind spots is good news; no such place is said', async () => {
  const all = changed((sums) => Object.assign(sums, { buildings_in: sums.buildings, households_in: sums.households, people_in: sums.people }));
  await withPage({ ...desktop, prepare: all }, '/?coverage=community&of=repair', async (page) => {
    await page.getByText('太好了：每栋楼走 15 分钟都能到小蓝棚，没有盲区。').waitFor();
    assert.equal(await page.locator('.spot').count(), 0);
  });
  const none = changed((sums, answer) => (answer.places = 0));
  await withPage({ ...phone, prepare: none }, '/?coverage=community&of=repair&lang=en', async (page) => {
    await page.getByText('The map has no repair booths yet.').waitFor();
    assert.equal(await page.locator('.spot').count(), 0);
  });
});

test('a coverage that fails can be asked for again', async () => {
  let broken = true;
  const prepare = (page) => page.route('**/coverage?*', (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"instance":"urn:gridatlas:request:77ab"}' }) : route.continue()));
  await withPage({ ...desktop, prepare, expect: /500/ }, '/?coverage=community', async (page) => {
    const message = page.getByRole('alert');
    await message.waitFor();
    assert.match(await message.innerText(), /暂时算不了覆盖，附近的服务照常可用。[\s\S]*编号 77ab/);
    broken = false;
    await message.getByRole('button', { name: '重试' }).click();
    await spots(page);
  });
});

test('without WebGL the list of blind spots works', async () => {
  const prepare = (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null));
  await withPage({ ...phone, prepare }, '/', async (page) => {
    await page.getByText('这部设备显示不了地图，列表功能一样。').waitFor();
    await page.click('#coverage-button');
    await spots(page);
    await page.locator('.spot').first().click();
    await page.locator('.outside button').first().click();
    await page.locator('#card h2').waitFor();
  });
});

for (const [name, options, query] of [
  ['by day', desktop, ''],
  ['by night', { ...desktop, colorScheme: 'dark' }, '&lang=en'],
  ['on a phone', phone, ''],
  ['in high contrast', { ...desktop, contrast: 'more' }, ''],
]) {
  test(`nothing serious for axe: coverage ${name}`, async () => {
    await withPage(options, `/?coverage=community&of=repair${query}`, async (page) => {
      await mapDrawn(page);
      await spots(page);
      await page.locator('.spot').first().click();
      await page.locator('.outside button').first().waitFor();
      await page.locator('#legend summary').waitFor();
      if (!(await page.locator('#legend').getAttribute('open'))) await page.locator('#legend').evaluate((legend) => (legend.open = true));
      await mapDrawn(page);
      assert.deepEqual(await serious(page), []);
    });
  });
}

test('coverage in large text fits a screen of 320 px, and everything to press is large enough', async () => {
  for (const lang of ['zh', 'en']) {
    await withPage({ viewport: { width: 320, height: 640 } }, `/?big=1&coverage=community&of=repair&lang=${lang}`, async (page) => {
      await spots(page);
      await page.locator('.spot').first().click();
      await page.locator('.outside button').first().waitFor();
      const wide = await page.evaluate(() => [document.scrollingElement, document.getElementById('panel'), document.getElementById('legend')].filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => `${e.tagName}#${e.id} ${e.scrollWidth} > ${e.clientWidth}`));
      assert.deepEqual(wide, []);
      const small = await page.locator('#coverage button, #coverage select, #coverage summary, #legend summary').evaluateAll((all) => all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 59.5).map((e) => e.outerHTML.slice(0, 80)));
      assert.deepEqual(small, []);
    });
  }
});

test('an address that names no category says so, and another one is chosen above', async () => {
  for (const [query, word] of [['of=nothing', 'nothing'], ['of=repair&kind=nothing', 'nothing'], ['of=health&kind=shoe', 'shoe']]) {
    await withPage(desktop, `/?coverage=community&${query}`, async (page) => {
      assert.equal(await page.locator('#coverage [role=alert]').innerText(), `没有“${word}”这个类别，请在上面换一个。`);
      assert.doesNotMatch(await page.locator('#coverage h2').innerText(), /全部/);
      assert.equal(await page.locator('.spot').count(), 0);
      await answerOf(page, () => page.getByRole('button', { name: '避难', exact: true }).click());
      await spots(page);
      await eventually(async () => assert.match(await page.locator('#coverage h2').innerText(), /^避难场所覆盖$/));
      await page.locator('#coverage [role=alert]').waitFor({ state: 'detached' });
    });
  }
});
