/** The pure rules of a download, as tables. */

import { describe, expect, test } from 'vitest'
import type { Answer } from '../../lib/io/http.ts'
import type { DownloadParams } from '../../lib/model/params.ts'
import { judgeAnswer } from '../../tasks/download/judge.ts'
import {
  askedPauseMs,
  backoffMs,
  beginsLikeHtml,
  exhaustedForMs,
  isHtmlName,
  isHtmlType,
  mostBytes,
  readContentRange,
  readLength,
  sizeFits,
  titleOf,
  validatorOf,
} from '../../tasks/download/rules.ts'
import type { WebSource } from '../../tasks/download/sources.ts'

const now = Date.parse('Thu, 01 Feb 2024 12:00:00 GMT')

test.each([
  [{}, undefined],
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '86400' }, 86_400_000],
  [{ 'retry-after': '-5' }, undefined],
  [{ 'retry-after': 'Thu, 01 Feb 2024 12:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Thu, 01 Feb 2024 11:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ ratelimit: '"resolvers";r=0;t=67' }, 67_000],
  [{ 'retry-after': '7', ratelimit: '"api";r=0;t=67' }, 7_000],
])('%o asks for a pause of %s ms', (headers, pauseMs) => {
  expect(askedPauseMs(headers, now)).toBe(pauseMs)
})

test.each([
  [{}, undefined],
  [{ ratelimit: '"api";r=0;t=67' }, 67_000],
  [{ ratelimit: '"api";r=3;t=67' }, undefined],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30_000],
  [{ 'ratelimit-remaining': '1', 'ratelimit-reset': '30' }, undefined],
  [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 20) }, 20_000],
  [{ 'x-ratelimit-remaining': '0' }, undefined],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '86400' }, 300_000],
])('%o leaves nothing for %s ms', (headers, restMs) => {
  expect(exhaustedForMs(headers, now)).toBe(restMs)
})

test.each([
  [1, 0, 1_000],
  [1, 1, 500],
  [2, 0, 2_000],
  [4, 0.5, 6_000],
  [30, 0, 60_000],
])('after failure %i, at chance %d, the pause is %i ms', (failures, chance, pauseMs) => {
  expect(backoffMs(failures, chance)).toBe(pauseMs)
})

test.each([
  ['bytes 200-999/1000', { start: 200, end: 1000, total: 1000 }],
  ['bytes 0-0/*', { start: 0, end: 1, total: undefined }],
  ['bytes */1000', undefined],
  ['200-999/1000', undefined],
  [undefined, undefined],
])('Content-Range %s', (header, range) => {
  expect(readContentRange(header)).toEqual(range)
})

test.each([
  ['12', 12],
  ['', undefined],
  ['-1', undefined],
  [undefined, undefined],
])('Content-Length %s', (header, length) => {
  expect(readLength(header === undefined ? {} : { 'content-length': header })).toBe(length)
})

test.each([
  [{ etag: '"a"', 'last-modified': 'x' }, '"a"'],
  [{ etag: 'W/"a"', 'last-modified': 'x' }, 'x'],
  [{ etag: 'W/"a"' }, undefined],
  [{}, undefined],
])('the validator of %o is %s', (headers, validator) => {
  expect(validatorOf(headers)).toBe(validator)
})

describe('sizes', () => {
  test.each([
    [{ bytes: 100, exact: true }, 100, true],
    [{ bytes: 100, exact: true }, 101, false],
    [{ bytes: 100, exact: false }, 110, true],
    [{ bytes: 100, exact: false }, 90, true],
    [{ bytes: 100, exact: false }, 111, false],
    [{ bytes: 100, exact: false }, 89, false],
  ])('%o fits %i: %s', (size, found, fits) => {
    expect(sizeFits(size, found)).toBe(fits)
    expect(found <= mostBytes(size)).toBe(fits || found < size.bytes)
  })
})

describe('pages', () => {
  test.each([
    ['<!DOCTYPE html>', true],
    ['\uFEFF \n<html lang="en">', true],
    ['<!doctype  HTML PUBLIC', true],
    ['<htmlx>', false],
    ['<?xml version="1.0"?>', false],
    ['PK\u0003\u0004<html>', false],
    ['', false],
  ])('%o begins like one: %s', (head, page) => {
    expect(beginsLikeHtml(Buffer.from(head))).toBe(page)
  })

  test.each([
    ['text/html; charset=utf-8', true],
    ['Application/XHTML+XML', true],
    ['text/htmlish', false],
    ['application/zip', false],
    [undefined, false],
  ])('%s is their type: %s', (type, page) => {
    expect(isHtmlType(type)).toBe(page)
  })

  test.each([
    ['index.html', true],
    ['a.XHTML', true],
    ['a.htm', true],
    ['html.zip', false],
  ])('%s is their name: %s', (name, page) => {
    expect(isHtmlName(name)).toBe(page)
  })

  test.each([
    ['<title>\n  Sign   in </title>', 'Sign in'],
    ['<TITLE lang="en">x</TITLE>', 'x'],
    ['<title></title>', undefined],
    ['<h1>x</h1>', undefined],
    [`<title>${'x'.repeat(99)}</title>`, 'x'.repeat(80)],
  ])('the title of %s', (page, title) => {
    expect(titleOf(page)).toBe(title)
  })
})

test('the first piece of another version is not taken for the one that was begun', () => {
  const answer = (etag: string) =>
    ({ status: 200, headers: { etag, 'content-length': '9' }, linked: {} }) as unknown as Answer
  const asked = {
    params: {} as DownloadParams,
    source: { identity: 'a' } as WebSource,
    from: 0,
    isPart: true,
    was: { identity: 'a', at: 0, validator: '"1"', total: 9 },
    at: 0,
  }
  expect(judgeAnswer(answer('"1"'), asked).is).toBe('fit')
  expect(judgeAnswer(answer('"2"'), asked).is).toBe('unfit')
})
