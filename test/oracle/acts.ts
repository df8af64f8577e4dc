/** What the oracle's histories are made of: edits of the spec, of the disk and of hosts, and builds. */

import fc from 'fast-check'
import { type File, files, type Version } from './world.ts'

export interface TargetWish {
  readonly sources: readonly File[]
  /** Of archives: takes what lies in their folder alone. */
  readonly rooted: boolean
  /** Of archives: which of two folders of the target they go into. */
  readonly into: 0 | 1
  readonly rename: 'none' | 'jpg' | 'jpeg'
  readonly expect: 'nothing' | 'right' | 'wrong'
  /** Records of the annotation that are asked for. */
  readonly records: 0 | 1 | 2
  /** By a named download that targets share. */
  readonly named: boolean
}

export type Act =
  | {
      readonly act: 'build'
      readonly only: number | undefined
      readonly force: boolean
      readonly keepGoing: boolean
    }
  | { readonly act: 'add'; readonly wish: TargetWish }
  /** The rest are of the so-many-th target. */
  | { readonly act: 'drop' | 'revive' | 'call-otherwise' | 'nest'; readonly target: number }
  | { readonly act: 'change'; readonly target: number; readonly to: Partial<TargetWish> }
  | { readonly act: 'publish'; readonly file: File; readonly version: Version }
  | { readonly act: 'pin'; readonly file: File; readonly to: 'none' | 'published' | 'other' }
  | { readonly act: 'readdress'; readonly file: File }
  | { readonly act: 'edit'; readonly file: number; readonly how: Edit }

export type Edit = (typeof edits)[number]
const edits = ['touch', 'flip', 'flip-and-touch', 'longer', 'delete', 'stranger', 'folder', 'link'] as const

const file = fc.constantFrom(...files)
const sources = fc.uniqueArray(file, { minLength: 1, maxLength: 3 })
const rename = fc.constantFrom('none' as const, 'none' as const, 'jpg' as const, 'jpeg' as const)
const expect = fc.constantFrom('nothing' as const, 'right' as const, 'right' as const, 'wrong' as const)
const records = fc.constantFrom(0 as const, 0 as const, 1 as const, 2 as const)
const into = fc.constantFrom(0 as const, 1 as const)
const rooted = fc.boolean()
const named = fc.boolean()
const wish = fc.record({
  sources,
  rooted,
  into,
  rename,
  expect: fc.constantFrom('nothing' as const, 'right' as const),
  records: fc.constant(0 as const),
  named,
})
const target = fc.nat(3)
const build = fc.record({
  act: fc.constant('build' as const),
  only: fc.option(fc.nat(3), { nil: undefined, freq: 2 }),
  force: fc.constantFrom(false, false, false, false, false, false, true),
  keepGoing: fc.boolean(),
})

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: build },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('add' as const), wish }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constantFrom('drop' as const, 'revive' as const, 'call-otherwise' as const, 'nest' as const),
      target,
    }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      act: fc.constant('change' as const),
      target,
      to: fc.oneof(
        fc.record({ sources }),
        fc.record({ rooted }),
        fc.record({ into }),
        fc.record({ rename }),
        fc.record({ expect }),
        fc.record({ records }),
        fc.record({ named }),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('publish' as const),
      file,
      version: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('pin' as const),
      file,
      to: fc.constantFrom('none' as const, 'published' as const, 'published' as const, 'other' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('readdress' as const), file }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('edit' as const),
      file: fc.nat(30),
      how: fc.constantFrom(...edits),
    }),
  },
)

export interface History {
  readonly keep: boolean
  readonly acts: readonly Act[]
}

const whole: Act = { act: 'build', only: undefined, force: false, keepGoing: false }

/** Begins with two targets that are built, and ends with two builds: the second has nothing to do, or fails again. */
export const history: fc.Arbitrary<History> = fc.record({
  keep: fc.boolean(),
  acts: fc
    .tuple(fc.tuple(wish, wish), fc.array(act, { minLength: 4, maxLength: 12 }))
    .map(([wishes, acts]): readonly Act[] => [
      ...wishes.map((one): Act => ({ act: 'add', wish: one })),
      whole,
      ...acts,
      { ...whole, keepGoing: true },
      { ...whole, keepGoing: true },
    ]),
})
