/** Entries of archives of any form. */

/** Files that hold their own names. */
export const files = (
  ...names: readonly string[]
): readonly { readonly name: string; readonly content: string }[] =>
  names.map(name => ({ name, content: name }))

type Refused = [
  code: string,
  what: string,
  parts: ReturnType<typeof files>,
  asked: { readonly written: { readonly root: string }; readonly target?: string },
]

/** What is asked for, and lies in none of these or in more than one folder. */
export const refusedRoots: readonly Refused[] = [
  ['wrong-root', 'no such folder', files('images/1'), { written: { root: 'image' } }],
  ['wrong-root', 'a file', files('images'), { written: { root: 'images' } }],
  ['wrong-root', 'no such tail', files('pictures/1'), { written: { root: 'auto' } }],
  [
    'ambiguous-root',
    'two tails',
    files('x/images/1', 'y/images/2'),
    { written: { root: 'auto' }, target: 'ai2d/images' },
  ],
]
