/** Room for pixels that are held in memory at one time: whoever wants more than is free waits for the others. Knows no image. */

export class PixelBudget {
  readonly #all: number
  #free: number
  readonly #waiting: { readonly pixels: number; readonly enter: () => void }[] = []

  constructor(pixels: number) {
    this.#all = pixels
    this.#free = pixels
  }

  /** Resolves, in the order of asking, to how it is given back. Who wants more than there is gets all. */
  async take(wanted: number): Promise<() => void> {
    const pixels = Math.min(wanted, this.#all)
    if (this.#waiting.length > 0 || pixels > this.#free)
      await new Promise<void>(resolve => {
        this.#waiting.push({ pixels, enter: resolve })
      })
    else this.#free -= pixels
    return () => this.#giveBack(pixels)
  }

  #giveBack(pixels: number): void {
    this.#free += pixels
    for (let next = this.#waiting[0]; next && next.pixels <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.pixels
      this.#waiting.shift()
      next.enter()
    }
  }
}
