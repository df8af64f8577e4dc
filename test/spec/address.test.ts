/** Which texts mean the same file, and which are no address. */

import { describe, expect, test } from 'vitest'
import { identityOf, parseAddress } from '../../lib/model/address.ts'

const identity = (text: string): string => {
  const address = parseAddress(text)
  return typeof address === 'string' ? `no address: ${address}` : identityOf(address)
}
const fileName = (text: string): string => {
  const address = parseAddress(text)
  return typeof address === 'string' ? `no address: ${address}` : address.fileName
}

describe('one file of the hub of Hugging Face', () => {
  test.each<[string, readonly string[]]>([
    [
      'hf://datasets/o/n@main/a/b c.zip',
      [
        'https://huggingface.co/datasets/o/n/resolve/main/a/b%20c.zip',
        'https://huggingface.co/datasets/o/n/resolve/main/a/b%20c.zip?download=true',
        'https://huggingface.co/datasets/o/n/blob/main/a/b%20c.zip',
        'https://huggingface.co/datasets/o/n/raw/main/a/b%20c.zip',
        'http://hf.co/datasets/o/n/resolve/main/a/b%20c.zip',
        'hf://datasets/o/n/a/b c.zip',
      ],
    ],
    ['hf://models/o/n@v1.0/m.bin', ['https://huggingface.co/o/n/resolve/v1.0/m.bin']],
    ['hf://spaces/o/n@main/app.py', ['https://huggingface.co/spaces/o/n/blob/main/app.py']],
    ['hf://models/gpt2@main/config.json', ['https://huggingface.co/gpt2/resolve/main/config.json']],
    ['hf://datasets/squad@main/a.json', ['https://huggingface.co/datasets/squad/resolve/main/a.json']],
    [
      'hf://datasets/o/n@refs%2Fpr%2F1/a.zip',
      [
        'hf://datasets/o/n@refs/pr/1/a.zip',
        'https://huggingface.co/datasets/o/n/resolve/refs%2Fpr%2F1/a.zip',
        'https://huggingface.co/datasets/o/n/blob/refs/pr/1/a.zip',
      ],
    ],
  ])('%s', (one, others) => {
    expect([one, ...others].map(identity)).toEqual([one, ...others].map(() => one))
  })

  test('other pages of the hub are ordinary addresses', () => {
    const page = 'https://huggingface.co/datasets/o/n/tree/main'
    expect(identity(page)).toBe(page)
  })
})

describe('one file of Google Drive', () => {
  test.each([
    'gdrive://1dKumdOKSXtV7lIX',
    'https://drive.google.com/file/d/1dKumdOKSXtV7lIX/view?usp=sharing',
    'https://drive.google.com/file/u/1/d/1dKumdOKSXtV7lIX/view',
    'https://drive.google.com/open?id=1dKumdOKSXtV7lIX',
    'https://drive.google.com/uc?export=download&id=1dKumdOKSXtV7lIX',
  ])('%s', text => expect(identity(text)).toBe('gdrive://1dKumdOKSXtV7lIX'))

  test('a link with a key of its own is left as it is', () => {
    const link = 'https://drive.google.com/file/d/1dKumdOKSXtV7lIX/view?resourcekey=0-abc'
    expect(identity(link)).toBe(link)
  })

  test('a file of a folder is known by its name', () => {
    expect(identity('gdrive://1_GYPY5UkUy7/data set.json')).toBe('gdrive://1_GYPY5UkUy7/data set.json')
    expect(fileName('gdrive://1_GYPY5UkUy7/data set.json')).toBe('data set.json')
    expect(fileName('gdrive://1_GYPY5UkUy7')).toBe('1_GYPY5UkUy7')
  })

  test.each(['gdrive://', 'gdrive://a/b/c', 'gdrive://a/', 'gdrive://a b'])('%s is no address', text =>
    expect(identity(text)).toContain('gdrive://FOLDER_ID/NAME'),
  )
})

test.each(['hf://datasets/o/n', 'hf://datasets/o', 'hf://buckets/o/n/a', 'hf://datasets/gpt2/a'])(
  '%s names no file',
  text => expect(identity(text)).toContain('no address'),
)
