/**
 * The door to lists of records in JSON, JSON lines, CSV or plain text: record after record, in memory that does not grow
 * with their number. Knows neither what a record is for nor which of its fields matters.
 */

import { createReadStream } from 'node:fs'
import { Problem } from '../model/problem.ts'
import { Members } from './json/members.ts'
import { checkJson } from './json-stream.ts'
import type { ListFormat } from './list/formats.ts'
import { linesOf, longestRecordBytes, tooLong } from './list/lines.ts'

export interface Listed {
  /** A text, an object, or whatever else stands there. */
  readonly value: unknown
  /** The name that it has in an object of records. */
  readonly name: string | undefined
  /** From 1. */
  readonly number: number
  /** Where it stands, for people: `line 17`, or `entry 17` where all are on one line. */
  readonly place: string
}

/** Many records at once, in order. `name` is the file's in messages. Throws `bad-list`, `invalid-json`. */
export function recordsOf(path: string, format: ListFormat, name: string): AsyncGenerator<readonly Listed[]> {
  switch (format) {
    case 'json':
      return membersOf(path, name)
    case 'jsonl':
      return jsonLinesOf(path, name)
    case 'csv':
      return rowsOf(path, name)
    case 'text':
      return addressesOf(path, name)
  }
}

/** Throws `invalid-json`, or `bad-list` where it is no list. To be called before `recordsOf` of a JSON file. */
export async function checkList(path: string, format: ListFormat, name: string): Promise<void> {
  if (format !== 'json') return
  const { type } = await checkJson(path, { name })
  if (type === 'object' || type === 'array') return
  throw new Problem({
    code: 'bad-list',
    message: `${name} is JSON, but no list of records.`,
    evidence: [
      { label: 'wanted', text: 'an object or an array at the top level' },
      { label: 'found', text: type },
    ],
    next: 'name another file, or write its format beside it (`format: jsonl`, csv or text).',
  })
}

async function* membersOf(path: string, name: string): AsyncGenerator<readonly Listed[]> {
  const members = new Members(longestRecordBytes, line => tooLong(name, `line ${line}`))
  let number = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 }) as AsyncIterable<Buffer>) {
    const found = members.push(chunk).map(({ text, line }): Listed => {
      const place = line > 1 ? `line ${line}` : `entry ${number + 1}`
      number += 1
      if (members.form === 'array') return { value: JSON.parse(text), name: undefined, number, place }
      const [entry] = Object.entries(JSON.parse(`{${text}}`) as object) as [string, unknown][]
      return { value: entry?.[1], name: entry?.[0], number, place }
    })
    if (found.length > 0) yield found
  }
}

async function* jsonLinesOf(path: string, name: string): AsyncGenerator<readonly Listed[]> {
  let number = 0
  for await (const lines of linesOf(path, name)) {
    yield lines
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, number: line }) => {
        number += 1
        return { value: parsed(text, line, name), name: undefined, number, place: `line ${line}` }
      })
  }
}

function parsed(text: string, line: number, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem({
      code: 'bad-list',
      message: `Line ${line} of ${name} is not JSON.`,
      evidence: [
        { label: 'wanted', text: 'one JSON value a line' },
        { label: 'found', text: text.length > 80 ? `${text.slice(0, 80)}…` : text },
        { label: '', text: error instanceof Error ? error.message : String(error) },
      ],
      next: 'mend that line, or write the format of the list beside it (`format: json`, csv or text).',
    })
  }
}

/** Empty lines and those that begin with # are for people. */
async function* addressesOf(path: string, name: string): AsyncGenerator<readonly Listed[]> {
  let number = 0
  for await (const lines of linesOf(path, name)) {
    yield lines
      .map(({ text, number: line }) => ({ text: text.trim(), line }))
      .filter(({ text }) => text !== '' && !text.startsWith('#'))
      .map(({ text, line }) => {
        number += 1
        return { value: text, name: undefined, number, place: `line ${line}` }
      })
  }
}

/** Loaded when there is a table to read. */
async function* rowsOf(path: string, name: string): AsyncGenerator<readonly Listed[]> {
  const { readTable } = await import('./list/table.ts')
  yield* readTable(path, name)
}
