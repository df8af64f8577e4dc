/** What a random history is made of: edits of the spec, edits of the disk, crashes and builds. */

import fc from 'fast-check'
import { ruleCount, sourceCount, type TargetWish } from './wish.ts'
import type { Name, Version } from './world.ts'

export type Act =
  | { readonly act: 'build' }
  /** Killed at that call to the disk, if the build has so many. */
  | { readonly act: 'crash'; readonly at: number; readonly strike: 'kill' | 'tear' }
  | { readonly act: 'want'; readonly target: string; readonly wish: TargetWish }
  | { readonly act: 'drop'; readonly target: string }
  | { readonly act: 'change'; readonly target: string; readonly to: Partial<TargetWish> }
  | { readonly act: 'swap'; readonly target: string }
  | { readonly act: 'publish'; readonly name: Name; readonly version: Version }
  /** To one of the files of the playground. */
  | { readonly act: 'edit'; readonly file: number; readonly how: Edit }
  /** Deletes `.groundwork`. */
  | { readonly act: 'forget' }
  | { readonly act: 'move' }

export type Edit = (typeof edits)[number]

const edits = ['flip', 'delete', 'touch', 'neighbour', 'folder', 'link'] as const
const names = ['alpha.zip', 'beta.zip', 'shared.zip', 'notes.json', 'LICENSE'] as const

const target = fc.constantFrom('a', 'deep/b')
const sources = fc.uniqueArray(fc.nat(sourceCount - 1), { minLength: 1, maxLength: 3 })
const rule = fc.nat(ruleCount - 1)
const expectation = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 1 })
const title = fc.nat(3)
const wish = fc.record({ sources, rule, expect: fc.constant(undefined), title })

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ act: fc.constant('build' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('crash' as const),
      at: fc.integer({ min: 1, max: 300 }),
      strike: fc.constantFrom('kill' as const, 'tear' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('want' as const), target, wish }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('drop' as const), target }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('change' as const),
      target,
      to: fc.oneof(
        fc.record({ rule }),
        fc.record({ sources }),
        fc.record({ expect: expectation }),
        fc.record({ title }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('swap' as const), target }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('publish' as const),
      name: fc.constantFrom(...names),
      version: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('edit' as const),
      file: fc.nat(20),
      how: fc.constantFrom(...edits),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('forget' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('move' as const) }) },
)

/** Begins with something to build, and ends with a build. */
export const history: fc.Arbitrary<readonly Act[]> = fc
  .tuple(
    fc.record({ act: fc.constant('want' as const), target, wish }),
    fc.array(act, { minLength: 3, maxLength: 14 }),
  )
  .map(([first, rest]): readonly Act[] => [first, ...rest, { act: 'build' }])
