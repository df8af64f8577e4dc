/** What the records of an annotation hold, as Croissant says it. By convention of the format: no record is read. */

import { plural } from '../../model/units.ts'
import { reference } from './names.ts'

interface Annotation {
  /** Identifier of its file. */
  readonly file: string
  readonly name: string
  /** Folder below the root that image paths are relative to (`''`: the root); undefined where nobody said. */
  readonly images: string | undefined
  /** How many, where that was counted. */
  readonly records: number | undefined
}

/** An array of records, or one a line, each with an id, the path of its image, and a conversation. */
export function recordSetOf({ file, name, images, records }: Annotation): object {
  const id = `${file}/records`
  const each = /\.(jsonl|ndjson)$/i.test(name) ? '$' : '$[*]'
  const field = (path: string, about: string, jsonPath: string): object => ({
    '@type': 'cr:Field',
    '@id': `${id}/${path}`,
    name: path.slice(path.lastIndexOf('/') + 1),
    description: about,
    dataType: 'sc:Text',
    source: { fileObject: reference(file), extract: { jsonPath } },
  })
  const folder =
    images === undefined ? '' : images === '' ? ', relative to the root' : `, relative to ${images}`
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: `${name} records`,
    description: `${records === undefined ? 'The records' : plural(records, 'record')} of ${name}.`,
    field: [
      field('id', 'Identifier of the record.', `${each}.id`),
      field('image', `Path of the image${folder}; a record of text alone has none.`, `${each}.image`),
      {
        '@type': 'cr:Field',
        '@id': `${id}/conversations`,
        name: 'conversations',
        description: 'The turns of the conversation, in order.',
        repeated: true,
        subField: [
          field('conversations/from', 'Who speaks: human or gpt.', `${each}.conversations[*].from`),
          field(
            'conversations/value',
            'What is said; <image> stands for the image.',
            `${each}.conversations[*].value`,
          ),
        ],
      },
    ],
  }
}
