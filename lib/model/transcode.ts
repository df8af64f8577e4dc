/** What an image becomes under `transcode: jpg`: its name, and how its bytes are made. Pure; encodes nothing. */

import { withoutImageEnding } from './image.ts'

/** JPEG has no transparency. Chroma is kept at full size: text and thin lines in colour stay readable. */
export const jpgSettings = { quality: 95, chromaSubsampling: '4:4:4', background: '#ffffff' } as const

/** In the fingerprint of what is made by it. */
export const jpgRecipe = `jpg, quality ${jpgSettings.quality}, ${jpgSettings.chromaSubsampling}, on ${jpgSettings.background}`

/** `a/b.jpg` of `a/b.png`, `a/b.JPEG` and `a/b`. */
export const jpgNamed = (path: string): string => `${withoutImageEnding(path)}.jpg`
