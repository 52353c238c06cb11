// A hard task that is bound to a condition: its light follows what is published, both ways, without anybody touching the task.
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { party, until } from '../city.mjs'
import { axe, open, overflow, settled, shots, wrong } from '../lib.mjs'

const folder = fileURLToPath(new URL('../service', import.meta.url))
const CODE = 'temporary_market'
const AREA = 11
const TASK = 29

/** A service of this test alone with a limit of `days`, published by the two people it takes: a new version each time. */
async function publish(days) {
  const walk = (d) => readdirSync(d).flatMap((n) => (statSync(join(d, n)).isDirectory() ? walk(join(d, n)) : [join(d, n)]))
  const files = Object.fromEntries(walk(folder).map((f) => [relative(folder, f), readFileSync(f, 'utf8').replaceAll('stall_permit', CODE)]))
  const service = JSON.parse(files['service.json'])
  service.name = { zh: '临时集市登记', en: 'Registration of a temporary market' }
  service.basic_code = '440112345099'
  service.implementation_code = '11441900TB000001XT3440112345099'
  service.promised.n = days
  files['service.json'] = JSON.stringify(service)
  const asked = await (await party('publisher1')).post('/studio/publications', { files })
  await (await party('publisher2')).post(`/studio/publications/${asked.id}/approve`)
}

export const condition = {
  async 'a task bound to a limit turns green when the service is published with it, and red when the limit is lengthened'(browser) {
    const faults = []
    await publish(8)
    const head = await open(browser, { as: 'scjg.head' })
    const { page } = head
    const task = page.locator(`#task-${TASK}`)
    const mark = task.locator('.taskline .plight')
    await head.go(`/board/plan/${AREA}?task=${TASK}`)
    await task.getByText('绑定完成条件').click()
    await task.locator(`#act-${TASK}-ckind option[value=service_limit]`).waitFor({ state: 'attached' })
    await task.locator(`#act-${TASK}-ckind`).selectOption('service_limit')
    await task.locator(`#act-${TASK}-cservice`).selectOption(CODE)
    await task.locator(`#act-${TASK}-bound`).fill('5')
    await task.getByRole('button', { name: '绑定条件' }).click()
    await task.getByText('尚未达到').waitFor() // eight days are more than five
    if (!(await mark.getAttribute('class')).includes('late')) faults.push('the light is not that of an overdue task')

    /** The page as somebody sees it who opens it again, until the light is there. */
    const turned = (light) =>
      until(`the light ${light} on the page of the area`, async () => {
        await head.go(`/board/plan/${AREA}?task=${TASK}`)
        return (await mark.getAttribute('class')).split(' ').includes(light)
      })
    const says = async (...words) => {
      await task.locator('.ptask').waitFor()
      const text = await task.innerText()
      for (const word of words) if (!text.includes(word)) faults.push(`the task does not say ${word}`)
    }
    await publish(5)
    await turned('done')
    await says('已办结', '已达到', '承诺工作日 5')
    await page.screenshot({ path: `${shots}/board-condition-green.png`, fullPage: true })
    await publish(6)
    await turned('regressed')
    await says('回退', '曾达到，现已回退', '承诺工作日 6')
    await task.getByText(/^经过/).click()
    await says('条件达到，自动办结', '条件不再满足')
    await settled(page)
    faults.push(...(await axe(page)), ...(await overflow(page)))
    await page.screenshot({ path: `${shots}/board-condition-red.png`, fullPage: true })
    await head.go('/board/plan?light=regressed')
    if (!(await page.locator(`a[href*="task=${TASK}"]`).count())) faults.push('the task is not among those that fell back')
    faults.push(...wrong(head.seen))
    await head.context.close()
    return faults
  },
}
