/** Environment variables in texts of the spec: `${NAME}`. Pure. */

export const variablePattern = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** Half a sentence on what is wrong with the variables of a text, or undefined. */
export const variableFlaw = (text: string): string | undefined =>
  text.replace(variablePattern, '').includes('${')
    ? 'has a "${" that no environment variable follows, such as ${HOST_TOKEN}'
    : undefined

/** Whether a text says a secret itself, instead of naming the variable that holds it. The name of a scheme is none. */
export const isLiteralSecret = (text: string): boolean =>
  /[^\s]/.test(text.replace(variablePattern, '').replace(/^\s*(bearer|basic|token|digest)\s/i, ''))
