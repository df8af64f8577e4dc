/** Annotations in the form that trainers read, about pictures that exist. Knows neither archives nor addresses. */

import type { Dice } from './pictures.ts'

interface Turn {
  readonly from: 'human' | 'gpt'
  readonly value: string
}

/** Records of text alone carry `model` and no `image`. */
interface AnnotationRecord {
  readonly id: string
  readonly image?: string
  readonly model?: string
  readonly conversations: readonly Turn[]
}

const subjects = ['a street at dusk', 'a book cover', 'two dogs', 'a harbour', 'a bus stop', 'an orchard']

/** One caption a picture, in the order of the pictures, as blip_laion_cc_sbu_558k.json has them. */
export const captions = (images: readonly string[], dice: Dice): AnnotationRecord[] =>
  images.map(image => ({
    id: nameOf(image),
    image,
    conversations: ask('Render a clear and concise summary of the photo.\n<image>', pick(dice, subjects)),
  }))

/**
 * Questions about two pictures of three (a third of what is published is never used), some pictures asked about twice,
 * and a few records of text alone; shuffled, as llava_v1_5_mix665k.json is.
 */
export function mixture(images: readonly string[], textOnly: number, dice: Dice): AnnotationRecord[] {
  const used = images.filter((_, index) => index % 3 !== 2)
  const asked = [...used, ...used.filter((_, index) => index % 7 === 0)]
  const aboutPictures = asked.map(image => ({
    id: nameOf(image),
    image,
    conversations: ask('<image>\nWhat does the picture show?', `It shows ${pick(dice, subjects)}.`),
  }))
  const ofTextAlone = Array.from({ length: textOnly }, (_, index) => ({
    id: `text_${index}`,
    model: '',
    conversations: ask('How many sides has a cube?', 'Six.'),
  }))
  return shuffled([...aboutPictures, ...ofTextAlone], dice)
}

const ask = (question: string, answer: string): Turn[] => [
  { from: 'human', value: question },
  { from: 'gpt', value: answer },
]

const pick = (dice: Dice, from: readonly string[]): string => from[dice(from.length)] as string

/** `000000033471` of `coco/train2017/000000033471.jpg` */
const nameOf = (image: string): string => image.slice(image.lastIndexOf('/') + 1, image.lastIndexOf('.'))

function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const result: T[] = []
  for (const item of items) result.splice(dice(result.length + 1), 0, item)
  return result
}
